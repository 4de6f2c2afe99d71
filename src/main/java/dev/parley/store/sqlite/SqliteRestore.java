package dev.parley.store.sqlite;

import dev.parley.store.Contents;
import dev.parley.store.Progress;
import dev.parley.store.Schema;
import dev.parley.store.Statements;
import dev.parley.store.UpkeepRefused;
import dev.parley.store.sqlite.StoreLock.Claim;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.sql.SQLException;

/**
 * Puts a backup in the place of the store. A copy beside the store is checked and given its new history; the last step renames
 * it, so that a power cut leaves either the old store or the new one.
 */
final class SqliteRestore {
    private static final long BYTES_BETWEEN_LOOKS = 8 << 20;

    private final SqliteFile store;
    private final Schema schema;
    private final SecureRandom random;

    SqliteRestore(SqliteFile store, Schema schema, SecureRandom random) {
        this.store = store;
        this.schema = schema;
        this.random = random;
    }

    @SuppressWarnings("try") // the lock is held and not asked
    Contents from(Path file, Progress progress) {
        Path source = file.toAbsolutePath().normalize();
        try {
            if (store.owns(source)) {
                throw failed(source, "it is the store itself, or a file that belongs to it");
            }
        } catch (IOException e) {
            throw failed(source, "it cannot be looked at (" + e.getClass().getSimpleName() + ")");
        }
        SqliteFile saved = SqliteFile.named(source);
        saved.refuseMissing();
        store.inspect();
        Path copy = store.beside("-restoring");
        try (StoreLock lock = store.claim(Claim.REPLACE)) {
            if (!saved.isAtRest()) {
                throw failed(source, "it is in use, or was not closed; save it with \"parley backup\"");
            }
            try {
                Files.deleteIfExists(copy);
                OwnFile.makeIfMissing(copy, store.path());
                copy(source, copy, progress);
                Contents contents = prepared(source, copy, progress);
                store.retire();
                OwnFile.moveInto(store.path(), copy);
                return contents;
            } finally {
                Files.deleteIfExists(copy);
            }
        } catch (Schema.Unusable e) {
            throw failed(source, e.why());
        } catch (SQLException e) {
            throw failed(source, "SQLite says: " + e.getMessage());
        } catch (IOException e) {
            throw failed(
                    source, "a file cannot be read or written (" + e.getClass().getSimpleName() + ")");
        }
    }

    private static void copy(Path source, Path copy, Progress progress) throws IOException {
        try (FileChannel from = FileChannel.open(source, StandardOpenOption.READ);
                FileChannel to = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            long size = from.size();
            long done = 0;
            while (done < size) {
                progress.at("copying", (double) done / size);
                done += from.transferTo(done, BYTES_BETWEEN_LOOKS, to);
            }
        }
    }

    private Contents prepared(Path source, Path copy, Progress progress)
            throws Schema.Unusable, SQLException, IOException {
        var file = SqliteFile.named(copy);
        var saved = new SavedFile(file);
        var damage = saved.damage(progress);
        if (damage.isPresent()) {
            throw failed(source, "it is damaged (" + damage.get() + ")");
        }
        schema.of(file.dataSource()).preview();
        try (var writer = new Statements(file.openAlone())) {
            History.beginAnew(writer, random);
        }
        return saved.contents();
    }

    private static UpkeepRefused failed(Path source, String why) {
        return new UpkeepRefused(source + " was not restored: " + why + ".");
    }
}
