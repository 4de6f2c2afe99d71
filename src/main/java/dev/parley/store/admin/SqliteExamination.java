package dev.parley.store.admin;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.Sql;
import dev.parley.store.Statements;
import dev.parley.store.admin.Finding.Level;
import dev.parley.store.crypto.PayloadEncryption;
import dev.parley.store.sql.RowCheck;
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
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Looks whether a file is well, one subject after the other; what is wrong with one does not keep the others from being told. */
final class SqliteExamination {
    /** Beyond it the pages are not all looked through: a backup does that. */
    private static final Duration CHECK_MAX = Duration.ofSeconds(10);

    private static final long LOG_BYTES_MAX = 256 << 20;

    /** Less room than this part of what is there does not last long. */
    private static final int SHARE_LEFT = 10;

    private static final Duration CLOCK_SLACK = Duration.ofSeconds(1);

    private static final Sql NEWEST = new Sql("newest", "SELECT created_at FROM sessions ORDER BY id DESC LIMIT 1");

    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("---rwxrwx");

    private final SqliteFile file;
    private final Schema schema;
    private final long bytesMax;
    private final Supplier<PayloadEncryption> secrecy;
    private final InstantSource clock;
    private final List<Finding> findings = new ArrayList<>();

    SqliteExamination(
            SqliteFile file, Schema schema, long bytesMax, Supplier<PayloadEncryption> secrecy, InstantSource clock) {
        this.file = file;
        this.schema = schema;
        this.bytesMax = bytesMax;
        this.secrecy = secrecy;
        this.clock = clock;
    }

    List<Finding> findings() {
        try {
            StoreLock.Server server = file.server();
            if (server.fault().isPresent()) {
                findings.add(Finding.fault(
                        "server",
                        file.path() + " cannot be used: " + server.fault().get(),
                        "Until then nothing else can be looked at."));
                return findings;
            }
            file.refuseMissing();
        } catch (InvalidConfiguration e) {
            findings.add(Finding.fault(
                    "store",
                    String.valueOf(e.getMessage()),
                    "Check parley.store.url; \"parley restore\" brings a backup back."));
            return findings;
        }
        look("server", this::server);
        look("rights", this::rights);
        Finding version = schema.finding();
        findings.add(version);
        look("pages", this::pages);
        if (version.level() == Level.OK) {
            lookAll("rows", this::rows); // of an older schema it is not known how they are read
        }
        look("disk", this::disk);
        look("room", this::room);
        look("log", this::log);
        look("clock", this::clock);
        return findings;
    }

    private interface Look<T> {
        T look() throws IOException, SQLException;
    }

    private void look(String subject, Look<Finding> look) {
        lookAll(subject, () -> List.of(look.look()));
    }

    private void lookAll(String subject, Look<List<Finding>> look) {
        try {
            findings.addAll(look.look());
        } catch (SQLException e) {
            findings.add(Finding.fault(
                    subject, "SQLite says: " + e.getMessage(), "See whether the file and its disk are whole."));
        } catch (IOException e) {
            findings.add(Finding.fault(
                    subject, "It cannot be looked at: " + e, "See whether the disk is there and may be read."));
        }
    }

    private Finding server() {
        return Finding.ok(
                "server",
                file.server()
                        .name()
                        .map(server -> server + " serves " + file.path())
                        .orElse("none serves " + file.path()));
    }

    private Finding rights() throws IOException {
        Path folder = file.path().getParent();
        if (!Files.isWritable(file.path()) || !Files.isWritable(folder)) {
            return Finding.fault(
                    "rights",
                    "this user may not write the file or its folder",
                    "Run as the service's user, or give it " + folder + " with all that is in it.");
        }
        if (!Files.getFileStore(file.path()).supportsFileAttributeView("posix")) {
            return Finding.ok("rights", "the file can be written");
        }
        Set<PosixFilePermission> rights = Files.getPosixFilePermissions(file.path());
        return rights.stream().anyMatch(OTHERS::contains)
                ? Finding.warning(
                        "rights",
                        "others may reach the file: " + PosixFilePermissions.toString(rights),
                        "It holds what peers say to each other: chmod 600 " + file.path() + "*")
                : Finding.ok("rights", "only " + Files.getOwner(file.path()) + " may read and write the file");
    }

    private Finding pages() throws SQLException {
        try (Connection connection = file.openReader();
                Statement statement = connection.createStatement()) {
            TimeLimit.on(connection, CHECK_MAX);
            try (ResultSet found = statement.executeQuery("PRAGMA quick_check(1)")) {
                String first = found.getString(1);
                return "ok".equals(first)
                        ? Finding.ok("pages", "whole")
                        : Finding.fault(
                                "pages", "damaged: " + first, "Stop the server and \"parley restore\" a backup.");
            }
        } catch (SQLException e) {
            if (!TimeLimit.isUp(e)) {
                throw e;
            }
            return Finding.ok(
                    "pages",
                    "more than can be looked through in " + CHECK_MAX.toSeconds()
                            + " s; each backup looks through all");
        }
    }

    private List<Finding> rows() throws SQLException {
        try (var reader = new Statements(file.openReader())) {
            return RowCheck.findings(reader, secrecy, clock.instant());
        }
    }

    private Finding disk() throws IOException {
        FileStore disk = Files.getFileStore(file.path());
        String found =
                new ByteCount(disk.getUsableSpace()) + " of " + new ByteCount(disk.getTotalSpace()) + " are free";
        return disk.getUsableSpace() < Files.size(file.path())
                ? Finding.warning("disk", found, "A backup has no room beside the store; make some, or save elsewhere.")
                : Finding.ok("disk", found);
    }

    private Finding room() throws IOException, SQLException {
        try (var reader = new Statements(file.openReader())) {
            long left = new Capacity(file, bytesMax).leftForNew(reader, 0);
            String found = new ByteCount(Math.max(0, left)) + " for new sessions"
                    + (bytesMax == Long.MAX_VALUE
                            ? ", as far as the disk goes"
                            : ", of a size of " + new ByteCount(bytesMax));
            String advice = "Make room on the disk, raise parley.store.size-max, or shorten parley.session.ttl-max.";
            if (left <= 0) {
                return Finding.fault("room", found + "; they are refused", advice);
            }
            return left < Files.size(file.path()) / SHARE_LEFT
                    ? Finding.warning("room", found, advice)
                    : Finding.ok("room", found);
        }
    }

    private Finding log() {
        long bytes = file.bytesBeside("-wal");
        String found = new ByteCount(bytes) + " wait to be moved into the file";
        return bytes > LOG_BYTES_MAX
                ? Finding.warning(
                        "log", found, "A program that goes on reading holds it up; look for one, such as a shell.")
                : Finding.ok("log", found);
    }

    /** The newest session cannot be newer than now, unless the clock was set back; then sessions live for too long. */
    private Finding clock() throws SQLException {
        Instant now = clock.instant();
        Instant newest = newestSession();
        if (newest == null || !newest.isAfter(now.plus(CLOCK_SLACK))) {
            return Finding.ok("clock", now + ", and no session is from the future");
        }
        return Finding.warning(
                "clock",
                now + ", and the newest session is of " + newest,
                "The clock was set back; see that the machine keeps its time by NTP.");
    }

    private @Nullable Instant newestSession() throws SQLException {
        try (var reader = new Statements(file.openReader())) {
            Long newest = reader.call(NEWEST).first(row -> row.getLong(1));
            return newest == null ? null : Instant.ofEpochMilli(newest);
        }
    }
}
