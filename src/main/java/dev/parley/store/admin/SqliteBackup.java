package dev.parley.store.admin;

import dev.parley.store.sqlite.PrivateFiles;
import dev.parley.store.sqlite.SqliteFile;
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
import java.time.InstantSource;
import org.sqlite.ProgressHandler;

/**
 * Saves the store to another file while it is in use: one committed state, in one read transaction beside which the writer goes
 * on. It is written under a name of its own, made durable and checked, and only then gets the name that was asked for.
 *
 * <p>{@code VACUUM INTO} rather than a copy of pages: what was deleted is not in it, and a writer's commit does not make it begin
 * again.
 */
final class SqliteBackup {
    private static final int STEPS_BETWEEN_LOOKS = 200_000;

    private final SqliteFile store;
    private final InstantSource clock;

    SqliteBackup(SqliteFile store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    @SuppressWarnings("try") // the lock is held and not asked
    StoreContents to(Path file, Progress progress) {
        store.refuseMissing();
        Path target = usable(file);
        Path partial = partialOf(target);
        try (StoreLock lock = store.claim(Claim.SAVE)) {
            try {
                Files.deleteIfExists(partial);
                PrivateFiles.makeIfMissing(partial);
                copyTo(partial, progress);
                StoreContents saved = checked(partial, progress);
                PrivateFiles.moveInto(target, partial);
                note(target);
                return saved;
            } finally {
                Files.deleteIfExists(partial);
            }
        } catch (SQLException e) {
            throw failed(target, "SQLite says: " + e.getMessage());
        } catch (IOException e) {
            throw failed(target, "it cannot be written (" + e.getClass().getSimpleName() + ")");
        }
    }

    private void note(Path target) {
        try {
            store.noteBackup(clock.instant());
        } catch (IOException e) {
            throw new AdminRefused(
                    "The backup was made to " + target + ", but its time cannot be noted beside the store ("
                            + e.getClass().getSimpleName() + "), so the metric of the last backup stays as it was.");
        }
    }

    private Path usable(Path file) {
        Path target = file.toAbsolutePath().normalize();
        if (Files.isDirectory(target)) {
            throw failed(target, "it is a folder; name a file in it");
        }
        Path folder = target.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw failed(target, "there is no folder " + folder);
        }
        try {
            if (store.owns(target) || store.owns(partialOf(target))) {
                throw failed(target, "it would replace the store, or a file that belongs to it");
            }
        } catch (IOException e) {
            throw failed(target, "it cannot be looked at (" + e.getClass().getSimpleName() + ")");
        }
        return target;
    }

    /** A name that stays the same, so that what a power cut left is found; the claim keeps two from writing to it at once. */
    private static Path partialOf(Path target) {
        return target.resolveSibling(target.getFileName() + ".partial");
    }

    private void copyTo(Path partial, Progress progress) throws SQLException {
        try (Connection connection = store.openReader();
                PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
            long expected = bytesInUse(connection);
            ProgressHandler.setHandler(connection, STEPS_BETWEEN_LOOKS, new ProgressHandler() {
                @Override
                protected int progress() {
                    progress.at("saving", part(partial, expected));
                    return 0;
                }
            });
            vacuum.setString(1, partial.toString());
            vacuum.execute();
        }
    }

    private static long bytesInUse(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet bytes = statement.executeQuery("SELECT (page_count - freelist_count) * page_size"
                        + " FROM pragma_page_count, pragma_freelist_count, pragma_page_size")) {
            return bytes.getLong(1);
        }
    }

    private static double part(Path partial, long expected) {
        try {
            return Math.min(1, (double) Files.size(partial) / Math.max(1, expected));
        } catch (IOException e) {
            return -1;
        }
    }

    private static StoreContents checked(Path partial, Progress progress) throws SQLException, IOException {
        var saved = new SavedFile(SqliteFile.named(partial));
        var damage = saved.damage(progress);
        if (damage.isPresent()) {
            throw new AdminRefused("The store is damaged (" + damage.get()
                    + "), so no backup was made; \"parley restore\" an older one.");
        }
        return saved.contents();
    }

    private static AdminRefused failed(Path target, String why) {
        return new AdminRefused("No backup was made to " + target + ": " + why + ".");
    }
}
