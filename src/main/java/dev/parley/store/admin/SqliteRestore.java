package dev.parley.store.admin;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.Statements;
import dev.parley.store.admin.StoreAdmin.Restored;
import dev.parley.store.crypto.PayloadEncryption;
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
import java.sql.SQLException;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * Puts a backup in the place of the store. A copy beside the store is checked and given its new history; the last step renames
 * it, so that a power cut leaves either the old store or the new one.
 */
final class SqliteRestore {
    private static final long BYTES_BETWEEN_LOOKS = 8 << 20;

    private final SqliteFile store;
    private final Schema schema;
    private final Supplier<PayloadEncryption> secrecy;
    private final SecureRandom random;

    SqliteRestore(SqliteFile store, Schema schema, Supplier<PayloadEncryption> secrecy, SecureRandom random) {
        this.store = store;
        this.schema = schema;
        this.secrecy = secrecy;
        this.random = random;
    }

    @SuppressWarnings("try") // the lock is held and not asked
    Restored from(Path file, boolean force, Progress progress) {
        Path source = file.toAbsolutePath().normalize();
        try {
            if (store.owns(source)) {
                throw failed(source, "it is the store itself, or a file that belongs to it");
            }
        } catch (IOException e) {
            throw failed(source, "it cannot be looked at (" + e.getClass().getSimpleName() + ")");
        }
        SqliteFile saved = SqliteFile.named(source);
        if (!Files.exists(file)) {
            throw failed(file, "there is no such file");
        }
        saved.refuseMissing();
        store.inspect();
        Path copy = store.beside("-restoring");
        try (StoreLock lock = store.claim(Claim.REPLACE)) {
            if (!saved.isAtRest()) {
                throw failed(source, "it is in use, or was not closed; save it with \"parley backup\"");
            }
            try {
                copy(source, copy, progress);
                Restored restored = prepared(source, copy, force, progress);
                store.retire();
                PrivateFiles.moveInto(store.path(), copy);
                return restored;
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

    private void copy(Path source, Path copy, Progress progress) throws IOException {
        Files.deleteIfExists(copy);
        PrivateFiles.makeIfMissing(copy, store.path());
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

    private Restored prepared(Path source, Path copy, boolean force, Progress progress)
            throws Schema.Unusable, SQLException, IOException {
        var file = SqliteFile.named(copy);
        var saved = new SavedFile(file);
        var damage = saved.damage(progress);
        if (damage.isPresent()) {
            throw failed(source, "it is damaged (" + damage.get() + ")");
        }
        Schema old = schema.of(file.dataSource());
        boolean due = !old.preview().applied().isEmpty();
        if (due) {
            old.migrate(); // rows are read as this version reads them
        }
        RowCheck.Result rows = rows(file, source, progress);
        if (rows.damaged() > 0 && !force) {
            throw failed(
                    source,
                    rows.damaged() + " of its " + rows.sessions() + " sessions are damaged (" + rows.first()
                            + "); \"parley restore --force\" restores it with them");
        }
        if (due) {
            copy(source, copy, progress); // and the service migrates the store when it starts
        }
        try (var writer = new Statements(file.openAlone())) {
            SqliteHistory.beginAnew(writer, random);
        }
        return new Restored(saved.contents(), rows.damaged());
    }

    private RowCheck.Result rows(SqliteFile file, Path source, Progress progress) throws SQLException {
        progress.at("reading", -1);
        try (var reader = new Statements(file.openAtRest())) {
            PayloadEncryption keys = secrecy.get();
            keys.examine(reader);
            return RowCheck.of(reader.sealing(keys), Instant.EPOCH, RowCheck.UNLIMITED);
        } catch (InvalidConfiguration e) {
            throw failed(source, String.valueOf(e.getMessage()).replaceAll("\\.$", ""));
        }
    }

    private static AdminRefused failed(Path source, String why) {
        return new AdminRefused(source + " was not restored: " + why + ".");
    }
}
