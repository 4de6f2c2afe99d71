package dev.parley.store.admin;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import dev.parley.store.admin.Finding.Level;
import dev.parley.store.crypto.EncryptionKeys;
import dev.parley.store.sql.Schema;
import dev.parley.store.sqlite.Capacity;
import dev.parley.store.sqlite.SqliteFile;
import dev.parley.store.sqlite.StoreLock;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Checks an SQLite file, one subject after the other; a check that fails does not prevent the others. */
final class SqliteExamination {
    /** Maximum time for pages; a backup checks all of them. */
    private static final Duration PAGES_MAX = Duration.ofSeconds(10);

    private static final long LOG_BYTES_MAX = 256 << 20;

    /** Warns when less than this fraction of the file's size is left. */
    private static final int LEFT_MIN = 10;

    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(1);

    private static final Sql QUICK_CHECK = new Sql("quick-check", "PRAGMA quick_check(1)");
    private static final Sql NEWEST = new Sql("newest", "SELECT created_at FROM sessions ORDER BY id DESC LIMIT 1");

    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("---rwxrwx");

    private final SqliteFile file;
    private final Schema schema;
    private final long bytesMax;
    private final Supplier<EncryptionKeys> keys;
    private final InstantSource clock;
    private final List<Finding> findings = new ArrayList<>();

    SqliteExamination(
            SqliteFile file, Schema schema, long bytesMax, Supplier<EncryptionKeys> keys, InstantSource clock) {
        this.file = file;
        this.schema = schema;
        this.bytesMax = bytesMax;
        this.keys = keys;
        this.clock = clock;
    }

    List<Finding> findings() {
        try {
            StoreLock.Server server = file.server();
            if (server.fault().isPresent()) {
                return List.of(Finding.fault(
                        "server",
                        file.path() + " cannot be used: " + server.fault().get(),
                        "Nothing else can be checked before that."));
            }
            file.refuseMissing();
            findings.add(Finding.ok("server", server.name().orElse("no process") + " serves " + file.path()));
        } catch (InvalidConfiguration e) {
            return List.of(Finding.fault(
                    "store",
                    String.valueOf(e.getMessage()),
                    "Check parley.store.url; \"parley restore\" restores a backup."));
        }
        check("rights", reader -> List.of(rights()));
        Finding version = StoreChecks.schema(schema);
        findings.add(version);
        check("pages", reader -> List.of(pages(reader)));
        if (version.level() == Level.OK) {
            check("rows", reader -> StoreChecks.rows(reader, keys, clock.instant()));
        }
        check("disk", reader -> List.of(disk()));
        check("room", reader -> List.of(room(reader)));
        check("log", reader -> List.of(log()));
        check("clock", reader -> List.of(clock(reader)));
        return findings;
    }

    private interface Check {
        List<Finding> run(Statements reader) throws IOException, SQLException;
    }

    private void check(String subject, Check check) {
        try (var reader = new Statements(file.openReader())) {
            findings.addAll(check.run(reader));
        } catch (SQLException e) {
            findings.add(Finding.fault(
                    subject, "SQLite says: " + e.getMessage(), "Check whether the file and its disk are intact."));
        } catch (IOException e) {
            findings.add(Finding.fault(
                    subject, "the check failed: " + e, "Check whether the disk is mounted and readable."));
        }
    }

    private Finding rights() throws IOException {
        Path folder = file.path().getParent();
        if (!Files.isWritable(file.path()) || !Files.isWritable(folder)) {
            return Finding.fault(
                    "rights",
                    "this user cannot write the file or its folder",
                    "Run as the service's user, or make it the owner of " + folder + " and everything in it.");
        }
        if (!Files.getFileStore(file.path()).supportsFileAttributeView("posix")) {
            return Finding.ok("rights", "the file can be written");
        }
        Set<PosixFilePermission> rights = Files.getPosixFilePermissions(file.path());
        return rights.stream().anyMatch(OTHERS::contains)
                ? Finding.warning(
                        "rights",
                        "other users have access to the file: " + PosixFilePermissions.toString(rights),
                        "It contains the payloads of all sessions: chmod 600 " + file.path() + "*")
                : Finding.ok("rights", "only " + Files.getOwner(file.path()) + " can read and write the file");
    }

    private static Finding pages(Statements reader) throws SQLException {
        SqliteFile.limitTime(reader.connection(), PAGES_MAX);
        try {
            String first = reader.call(QUICK_CHECK).first(row -> row.getString(1));
            return "ok".equals(first)
                    ? Finding.ok("pages", "intact")
                    : Finding.fault("pages", "damaged: " + first, "Stop the server and \"parley restore\" a backup.");
        } catch (SQLException e) {
            if (!SqliteFile.isTimeExceeded(e)) {
                throw e;
            }
            return Finding.ok(
                    "pages",
                    "more than can be checked in " + PAGES_MAX.toSeconds() + " s; each backup checks all of them");
        }
    }

    private Finding disk() throws IOException {
        FileStore disk = Files.getFileStore(file.path());
        return Finding.check(
                disk.getUsableSpace() >= Files.size(file.path()),
                "disk",
                new ByteCount(disk.getUsableSpace()) + " of " + new ByteCount(disk.getTotalSpace()) + " are free",
                "A backup beside the store does not fit; free space, or write it elsewhere.");
    }

    private Finding room(Statements reader) throws IOException, SQLException {
        long left = new Capacity(file, bytesMax).bytesLeft(reader, 0);
        String found = new ByteCount(Math.max(0, left)) + " for new sessions, limited by "
                + (bytesMax == Long.MAX_VALUE ? "the disk" : "parley.store.size-max = " + new ByteCount(bytesMax));
        String advice = "Free disk space, raise parley.store.size-max, or lower parley.session.ttl-max.";
        return left <= 0
                ? Finding.fault("room", found + "; they are rejected", advice)
                : Finding.check(left >= Files.size(file.path()) / LEFT_MIN, "room", found, advice);
    }

    private Finding log() {
        long bytes = file.bytesBeside("-wal");
        return Finding.check(
                bytes <= LOG_BYTES_MAX,
                "log",
                new ByteCount(bytes) + " in the write-ahead log",
                "A program that keeps reading, such as an open shell, keeps it from shrinking; end that program.");
    }

    /** Sessions from the future show that the clock was set back; they live too long. */
    private Finding clock(Statements reader) throws SQLException {
        Instant now = clock.instant();
        Long newest = reader.call(NEWEST).first(row -> row.getLong(1));
        return newest == null || newest <= now.plus(CLOCK_TOLERANCE).toEpochMilli()
                ? Finding.ok("clock", now + "; no session is from the future")
                : Finding.warning(
                        "clock",
                        now + "; the newest session is from " + Instant.ofEpochMilli(newest),
                        "The clock was set back; synchronize it by NTP.");
    }
}
