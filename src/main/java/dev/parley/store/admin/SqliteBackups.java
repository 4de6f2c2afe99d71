package dev.parley.store.admin;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.Statements;
import dev.parley.store.admin.StoreAdmin.Restored;
import dev.parley.store.crypto.PayloadCodec;
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
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Optional;

/**
 * Backs up a file while it is in use, and restores one while it is not. Both write another file, make it durable and check it, and
 * only then rename it, so that a power cut leaves either the old file or the new one.
 *
 * <p>A backup is one read transaction beside the writer. {@code VACUUM INTO} rather than a copy of pages: it omits deleted content, and
 * a commit of the writer does not restart it.
 */
final class SqliteBackups {
    private final SqliteStore settings;
    private final SqliteFile store;

    SqliteBackups(SqliteStore settings) {
        this.settings = settings;
        this.store = settings.file();
    }

    @SuppressWarnings("try") // the lock is only held
    StoreContents backup(Path file) {
        store.refuseMissing();
        String failed = "No backup was written to " + file.toAbsolutePath().normalize();
        Path target = usableTarget(file, failed);
        Path partial = partialOf(target);
        try (StoreLock lock = store.claim(Claim.SAVE)) {
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
                StoreContents contents = contents(written);
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

    private Path usableTarget(Path file, String failed) {
        Path target = file.toAbsolutePath().normalize();
        if (Files.isDirectory(target)) {
            throw refused(failed, "it is a folder; name a file in it");
        }
        Path folder = target.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw refused(failed, "there is no folder " + folder);
        }
        refuseOwn(target, failed);
        refuseOwn(partialOf(target), failed);
        return target;
    }

    /** The name does not vary, so that the rest of a backup that a power cut ended is found; only one backup runs at a time. */
    private static Path partialOf(Path target) {
        return target.resolveSibling(target.getFileName() + ".partial");
    }

    private void vacuumInto(Path partial) throws SQLException {
        try (Connection connection = store.openReader();
                PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
            vacuum.setString(1, partial.toString());
            vacuum.execute();
        }
    }

    private void noteBackup(Path target) {
        try {
            store.noteBackup(settings.clock().instant());
        } catch (IOException e) {
            throw new AdminRefused(
                    "The backup was written to " + target + ", but its time cannot be recorded beside the store ("
                            + e.getClass().getSimpleName() + "), so the metric of the last backup is unchanged.");
        }
    }

    @SuppressWarnings("try") // the lock is only held
    Restored restore(Path file, boolean force) {
        Path source = file.toAbsolutePath().normalize();
        String failed = source + " was not restored";
        refuseOwn(source, failed);
        SqliteFile saved = SqliteFile.named(source);
        if (!Files.exists(source)) {
            throw refused(failed, "there is no such file");
        }
        saved.refuseMissing();
        store.inspect();
        Path copy = store.beside("-restoring");
        try (StoreLock lock = store.claim(Claim.REPLACE)) {
            if (!saved.isAtRest()) {
                throw refused(failed, "it is in use, or was not closed; write a backup of it with \"parley backup\"");
            }
            try {
                copy(source, copy);
                Restored restored = checked(source, copy, failed, force);
                store.retire();
                PrivateFiles.moveInto(store.path(), copy);
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
        PrivateFiles.createIfMissing(copy, store.path());
        try (var to = Files.newOutputStream(copy)) {
            Files.copy(source, to);
        }
    }

    /** Checks the copy page by page and row by row, and gives it a new history. */
    private Restored checked(Path source, Path copy, String failed, boolean force)
            throws Schema.Unusable, SQLException, IOException {
        var file = SqliteFile.named(copy);
        Optional<String> damage = damage(file);
        if (damage.isPresent()) {
            throw refused(failed, "it is damaged (" + damage.get() + ")");
        }
        Schema old = settings.schema().of(file.dataSource());
        boolean due = !old.preview().applied().isEmpty();
        if (due) {
            old.migrate(); // this version can only read rows of its own schema
        }
        RowCheck.Result rows = checkRows(file, failed);
        if (rows.damaged() > 0 && !force) {
            throw refused(
                    failed,
                    rows.damaged() + " of its " + rows.sessions() + " sessions are damaged (" + rows.first()
                            + "); \"parley restore --force\" restores it with them");
        }
        if (due) {
            copy(source, copy); // the service migrates the store when it starts
        }
        try (var writer = new Statements(file.openAlone())) {
            SqliteHistory.replace(writer, settings.random());
        }
        return new Restored(contents(file), rows.damaged());
    }

    private RowCheck.Result checkRows(SqliteFile file, String failed) throws SQLException {
        try (var reader = new Statements(file.openAtRest())) {
            PayloadCodec codec = EncryptionCheck.examine(reader, settings.keys().get(), Instant.EPOCH)
                    .codec();
            return RowCheck.of(reader, codec, Instant.EPOCH, RowCheck.UNLIMITED);
        } catch (InvalidConfiguration e) {
            throw refused(failed, String.valueOf(e.getMessage()).replaceAll("\\.$", ""));
        }
    }

    /** The first damage of a file that no process has open; empty if there is none. */
    private static Optional<String> damage(SqliteFile file) throws SQLException {
        try (Connection connection = file.openAtRest();
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

    private static StoreContents contents(SqliteFile file) throws SQLException, IOException {
        try (Connection connection = file.openAtRest();
                Statement statement = connection.createStatement();
                ResultSet counts = statement.executeQuery(
                        "SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM events)")) {
            return new StoreContents(counts.getLong(1), counts.getLong(2), Files.size(file.path()));
        }
    }

    private void refuseOwn(Path file, String failed) {
        try {
            if (store.owns(file)) {
                throw refused(failed, "it is the store itself, or a file that belongs to it");
            }
        } catch (IOException e) {
            throw refused(failed, e);
        }
    }

    private static AdminRefused refused(String failed, Exception e) {
        if (e instanceof Schema.Unusable unusable) {
            return refused(failed, unusable.why());
        }
        return refused(
                failed,
                e instanceof SQLException
                        ? "SQLite says: " + e.getMessage()
                        : "a file cannot be read or written (" + e.getClass().getSimpleName() + ")");
    }

    private static AdminRefused refused(String failed, String why) {
        return new AdminRefused(failed + ": " + why + ".");
    }
}
