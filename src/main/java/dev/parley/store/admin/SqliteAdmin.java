package dev.parley.store.admin;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.Statements;
import dev.parley.store.crypto.EncryptionKeys;
import dev.parley.store.sql.EncryptionCheck;
import dev.parley.store.sql.RowCheck;
import dev.parley.store.sql.Schema;
import dev.parley.store.sqlite.PrivateFiles;
import dev.parley.store.sqlite.SqliteFile;
import dev.parley.store.sqlite.SqliteHistory;
import dev.parley.store.sqlite.StoreLock;
import dev.parley.store.sqlite.StoreLock.Claim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Administration of an SQLite file. A backup is made while the file is in use, a restore while it is not. Both write another file, make
 * it durable and check it, and only then rename it, so that a power cut leaves either the old file or the new one.
 */
public final class SqliteAdmin implements StoreAdmin {
    private final SqliteFile file;
    private final Schema schema;
    private final long bytesMax;
    private final Supplier<EncryptionKeys> keys;
    private final SecureRandom random;
    private final InstantSource clock;

    /**
     * @param bytesMax maximum size of the file
     * @param keys called only when payloads are read; it may reject the configured ones
     */
    public SqliteAdmin(
            SqliteFile file,
            Schema schema,
            long bytesMax,
            Supplier<EncryptionKeys> keys,
            SecureRandom random,
            InstantSource clock) {
        this.file = file;
        this.schema = schema;
        this.bytesMax = bytesMax;
        this.keys = keys;
        this.random = random;
        this.clock = clock;
    }

    @Override
    public void refuseMissing() {
        file.refuseMissing();
    }

    @Override
    @SuppressWarnings("try") // the lock is only held
    public Schema.Migrated migrate() {
        file.inspect();
        try (StoreLock lock = file.claim(Claim.USE)) {
            return schema.migrate();
        } catch (Schema.Unusable | IOException e) {
            throw file.failure(e);
        }
    }

    @Override
    public long bytes() {
        return file.bytesBeside("") + file.bytesBeside("-wal");
    }

    @Override
    public void query(ReadOnlyQuery query, Duration timeMax, ReadOnlyQuery.RowSink sink) {
        file.refuseMissing();
        try (Connection connection = file.openReader();
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA query_only = 1");
            SqliteFile.limitTime(connection, timeMax);
            try (ResultSet rows = statement.executeQuery(query.sql())) {
                ReadOnlyQuery.copy(rows, sink);
            }
        } catch (SQLException e) {
            throw new AdminRefused(
                    SqliteFile.isTimeExceeded(e) ? ReadOnlyQuery.tooLong(timeMax) : "SQLite says: " + e.getMessage());
        }
    }

    @Override
    public List<Finding> examine() {
        return new SqliteExamination(file, schema, bytesMax, keys, clock).findings();
    }

    /**
     * A backup is one read transaction beside the writer. {@code VACUUM INTO} rather than a copy of pages: it omits deleted content, and
     * a commit of the writer does not restart it.
     */
    @Override
    @SuppressWarnings("try") // the lock is only held
    public Contents backup(Path name) {
        file.refuseMissing();
        Path target = name.toAbsolutePath().normalize();
        String failed = "No backup was written to " + target;
        // The name does not vary, so that the rest of a backup that a power cut ended is replaced.
        Path partial = Path.of(target + ".partial");
        refuseUnusable(target, failed);
        refuseOwn(partial, failed);
        try (StoreLock lock = file.claim(Claim.SAVE)) {
            try {
                Files.deleteIfExists(partial);
                PrivateFiles.createIfMissing(partial);
                vacuumInto(partial);
                SqliteFile written = SqliteFile.named(partial);
                Optional<String> damage = damage(written);
                if (damage.isPresent()) {
                    throw new AdminRefused("The store is damaged (" + damage.get()
                            + "), so no backup was written; \"parley restore\" an older one.");
                }
                Contents contents = contents(written);
                PrivateFiles.moveInto(target, partial);
                noteBackup(target);
                return contents;
            } finally {
                Files.deleteIfExists(partial);
            }
        } catch (SQLException | IOException e) {
            throw refused(failed, e);
        }
    }

    private void refuseUnusable(Path target, String failed) {
        if (Files.isDirectory(target)) {
            throw refused(failed, "it is a folder; name a file in it");
        }
        if (!Files.isDirectory(target.resolveSibling(""))) {
            throw refused(failed, "there is no folder " + target.getParent());
        }
        refuseOwn(target, failed);
    }

    private void vacuumInto(Path partial) throws SQLException {
        try (Connection connection = file.openReader();
                PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
            vacuum.setString(1, partial.toString());
            vacuum.execute();
        }
    }

    private void noteBackup(Path target) {
        try {
            file.noteBackup(clock.instant());
        } catch (IOException e) {
            throw new AdminRefused("The backup was written to " + target
                    + ", but the metric of the last backup is unchanged: its time cannot be recorded beside the store ("
                    + e.getClass().getSimpleName() + ").");
        }
    }

    @Override
    @SuppressWarnings("try") // the lock is only held
    public Restored restore(Path name, boolean force) {
        Path source = name.toAbsolutePath().normalize();
        String failed = source + " was not restored";
        refuseOwn(source, failed);
        if (!Files.exists(source)) {
            throw refused(failed, "there is no such file");
        }
        SqliteFile saved = SqliteFile.named(source);
        saved.refuseMissing();
        file.inspect();
        Path copy = file.beside("-restoring");
        try (StoreLock lock = file.claim(Claim.REPLACE)) {
            if (!saved.isAtRest()) {
                throw refused(failed, "it is in use, or was not closed; write a backup of it with \"parley backup\"");
            }
            try {
                copy(source, copy);
                Restored restored = checked(source, copy, failed, force);
                file.retire();
                PrivateFiles.moveInto(file.path(), copy);
                return restored;
            } finally {
                Files.deleteIfExists(copy);
            }
        } catch (Schema.Unusable | SQLException | IOException e) {
            throw refused(failed, e);
        }
    }

    private void copy(Path source, Path copy) throws IOException {
        Files.deleteIfExists(copy);
        PrivateFiles.createIfMissing(copy, file.path());
        try (var to = Files.newOutputStream(copy)) {
            Files.copy(source, to);
        }
    }

    /** Checks the copy page by page and row by row, and gives it a new history. */
    private Restored checked(Path source, Path copy, String failed, boolean force)
            throws Schema.Unusable, SQLException, IOException {
        var restoring = SqliteFile.named(copy);
        Optional<String> damage = damage(restoring);
        if (damage.isPresent()) {
            throw refused(failed, "it is damaged (" + damage.get() + ")");
        }
        Schema old = schema.of(restoring.dataSource());
        boolean due = !old.preview().applied().isEmpty();
        if (due) {
            old.migrate(); // this version can only read rows of its own schema
        }
        RowCheck.Result rows = checkRows(restoring, failed);
        if (rows.damaged() > 0 && !force) {
            throw refused(
                    failed,
                    rows.damaged() + " of its " + rows.sessions() + " sessions are damaged (" + rows.first()
                            + "); \"parley restore --force\" restores it with them");
        }
        if (due) {
            copy(source, copy); // the service migrates the store when it starts
        }
        try (var writer = new Statements(restoring.openAlone())) {
            SqliteHistory.replace(writer, random);
        }
        return new Restored(contents(restoring), rows.damaged());
    }

    private RowCheck.Result checkRows(SqliteFile restoring, String failed) throws SQLException {
        try (var reader = new Statements(restoring.openAtRest())) {
            var codec =
                    EncryptionCheck.examine(reader, keys.get(), Instant.EPOCH).codec();
            return RowCheck.of(reader, codec, Instant.EPOCH, RowCheck.UNLIMITED);
        } catch (InvalidConfiguration e) {
            throw refused(failed, String.valueOf(e.getMessage()).replaceAll("\\.$", ""));
        }
    }

    /** The first damage of a file that no process has open; empty if there is none. */
    private static Optional<String> damage(SqliteFile closed) throws SQLException {
        try (Connection connection = closed.openAtRest();
                Statement statement = connection.createStatement()) {
            try (ResultSet found = statement.executeQuery("PRAGMA integrity_check(1)")) {
                String first = found.getString(1);
                if (!"ok".equals(first)) {
                    return Optional.of(first);
                }
            }
            try (ResultSet orphan = statement.executeQuery("PRAGMA foreign_key_check")) {
                return orphan.next() ? Optional.of("events without their session") : Optional.empty();
            }
        }
    }

    private static Contents contents(SqliteFile closed) throws SQLException {
        try (Connection connection = closed.openAtRest();
                Statement statement = connection.createStatement();
                ResultSet counts = statement.executeQuery(
                        "SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM events)")) {
            return new Contents(counts.getLong(1), counts.getLong(2), closed.bytesBeside(""));
        }
    }

    private void refuseOwn(Path other, String failed) {
        try {
            if (file.owns(other)) {
                throw refused(failed, "it is the store itself, or a file that belongs to it");
            }
        } catch (IOException e) {
            throw refused(failed, e);
        }
    }

    private static AdminRefused refused(String failed, Exception e) {
        if (e instanceof IOException) {
            return refused(
                    failed, "a file cannot be read or written (" + e.getClass().getSimpleName() + ")");
        }
        return refused(
                failed, e instanceof Schema.Unusable unusable ? unusable.why() : "SQLite says: " + e.getMessage());
    }

    private static AdminRefused refused(String failed, String why) {
        return new AdminRefused(failed + ": " + why + ".");
    }
}
