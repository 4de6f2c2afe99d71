package dev.parley.contract;

import dev.parley.store.Database;
import dev.parley.store.crypto.PayloadEncryption;
import dev.parley.store.sqlite.OfflineStore;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Keys and an SQLite file. */
class SqliteSealingTest extends SealingContract {
    @TempDir
    Path folder;

    @Override
    Database open(PayloadEncryption secrecy) {
        return new OfflineStore(folder.resolve("parley.db")).open(secrecy);
    }
}
