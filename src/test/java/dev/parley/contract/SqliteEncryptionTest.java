package dev.parley.contract;

import dev.parley.store.Database;
import dev.parley.store.sqlite.OfflineStore;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Encryption of an SQLite file. */
class SqliteEncryptionTest extends EncryptionContract {
    @TempDir
    Path folder;

    @Override
    Database open(boolean encrypts) {
        var file = new OfflineStore(folder.resolve("parley.db"));
        return encrypts ? file.openEncrypted() : file.open();
    }
}
