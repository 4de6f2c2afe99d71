package dev.parley.contract;

import dev.parley.store.Database;
import dev.parley.store.crypto.PayloadEncryption;
import dev.parley.store.sqlite.StoreFile;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Keys and an SQLite file. */
class SqliteSealingTest extends SealingContract {
    @TempDir
    Path folder;

    @Override
    Database open(PayloadEncryption secrecy) {
        return new StoreFile(folder.resolve("parley.db")).open(secrecy);
    }
}
