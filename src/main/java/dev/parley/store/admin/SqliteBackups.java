package dev.parley.store.admin;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.Statements;
import dev.parley.store.admin.StoreAdmin.Restored;
import dev.parley.store.crypto.EncryptionKeys;
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
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.sqlite.ProgressHandler;

/**
 * Backs up a file while it is in use, and restores one while it is not. Both write another file, make it durable and check it, and
 * only then rename it, so that a power cut leaves either the old file or the new one.
 *
 * <p>A backup is one read transaction beside the writer. {@code VACUUM INTO} rather than a copy of pages: it omits deleted content, and
 * a commit of the writer does not restart it.
 */
final class SqliteBackups {
    private static final int STEPS_PER_PROGRESS = 200_000;
    private static final long BYTES_PER_PROGRESS = 8 << 20;

    private final SqliteFile store;
    private final Schema schema;
    private final Supplier<EncryptionKeys> keys;
    private final SecureRandom random;
    private final InstantSource clock;

    SqliteBackups(
            SqliteFile store, Schema schema, Supplier<EncryptionKeys> keys, SecureRandom random, InstantSource clock) {
        this.store = store;
        this.schema = schema;
        this.keys = keys;
        this.random = random;
        this.clock = clock;
    }

    @SuppressWarnings("try") // the lock is only held
    StoreContents backup(Path file, Progress progress) {
        store.refuseMissing();
        String failed = "No backup was written to " + file.toAbsolutePath().normalize();
        Path target = usableTarget(file, failed);
        Path partial = partialOf(target);
        try (StoreLock lock = store.claim(Claim.SAVE)) {
            try {
                Files.deleteIfExists(partial);
                PrivateFiles.createIfMissing(partial);
                vacuumInto(partial, progress);
                SqliteFile written = SqliteFile.named(partial);
                Optional<String> damage = damage(written, progress);
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

    private void vacuumInto(Path partial, Progress progress) throws SQLException {
        try (Connection connection = store.openReader();
                PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
            long expected = usedBytes(connection);
            ProgressHandler.setHandler(connection, STEPS_PER_PROGRESS, new ProgressHandler() {
                @Override
                protected int progress() {
                    progress.at("writing", Math.min(1, (double) partial.toFile().length() / Math.max(1, expected)));
                    return 0;
                }
            });
            vacuum.setString(1, partial.toString());
            vacuum.execute();
        }
    }

    private static long usedBytes(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet bytes = statement.executeQuery("SELECT (page_count - freelist_count) * page_size"
                        + " FROM pragma_page_count, pragma_freelist_count, pragma_page_size")) {
            return bytes.getLong(1);
        }
    }

    private void noteBackup(Path target) {
        try {
            store.noteBackup(clock.instant());
        } catch (IOException e) {
            throw new AdminRefused(
                    "The backup was written to " + target + ", but its time cannot be recorded beside the store ("
                            + e.getClass().getSimpleName() + "), so the metric of the last backup is unchanged.");
        }
    }

    @SuppressWarnings("try") // the lock is only held
    Restored restore(Path file, boolean force, Progress progress) {
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
                copy(source, copy, progress);
                Restored restored = checked(source, copy, failed, force, progress);
                store.retire();
                PrivateFiles.moveInto(store.path(), copy);
                return restored;
            } finally {
                Files.deleteIfExists(copy);
            }
        } catch (Schema.Unusable e) {
            throw refused(failed, e.why());
        } catch (SQLException | IOException e) {
            throw refused(failed, e);
        }
    }

    private void copy(Path source, Path copy, Progress progress) throws IOException {
        Files.deleteIfExists(copy);
        PrivateFiles.createIfMissing(copy, store.path());
        try (FileChannel from = FileChannel.open(source, StandardOpenOption.READ);
                FileChannel to = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            long size = from.size();
            long done = 0;
            while (done < size) {
                progress.at("copying", (double) done / size);
                done += from.transferTo(done, BYTES_PER_PROGRESS, to);
            }
        }
    }

    /** Checks the copy page by page and row by row, and gives it a new history. */
    private Restored checked(Path source, Path copy, String failed, boolean force, Progress progress)
            throws Schema.Unusable, SQLException, IOException {
        var file = SqliteFile.named(copy);
        Optional<String> damage = damage(file, progress);
        if (damage.isPresent()) {
            throw refused(failed, "it is damaged (" + damage.get() + ")");
        }
        Schema old = schema.of(file.dataSource());
        boolean due = !old.preview().applied().isEmpty();
        if (due) {
            old.migrate(); // this version can only read rows of its own schema
        }
        RowCheck.Result rows = checkRows(file, failed, progress);
        if (rows.damaged() > 0 && !force) {
            throw refused(
                    failed,
                    rows.damaged() + " of its " + rows.sessions() + " sessions are damaged (" + rows.first()
                            + "); \"parley restore --force\" restores it with them");
        }
        if (due) {
            copy(source, copy, progress); // the service migrates the store when it starts
        }
        try (var writer = new Statements(file.openAlone())) {
            SqliteHistory.replace(writer, random);
        }
        return new Restored(contents(file), rows.damaged());
    }

    private RowCheck.Result checkRows(SqliteFile file, String failed, Progress progress) throws SQLException {
        progress.at("reading", -1);
        try (var reader = new Statements(file.openAtRest())) {
            PayloadCodec codec =
                    EncryptionCheck.examine(reader, keys.get(), Instant.EPOCH).codec();
            return RowCheck.of(reader, codec, Instant.EPOCH, RowCheck.UNLIMITED);
        } catch (InvalidConfiguration e) {
            throw refused(failed, String.valueOf(e.getMessage()).replaceAll("\\.$", ""));
        }
    }

    /** The first damage of a file that no process has open; empty if there is none. */
    private static Optional<String> damage(SqliteFile file, Progress progress) throws SQLException {
        progress.at("checking", -1);
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
