package dev.parley.signaling;

import dev.parley.store.Database;
import dev.parley.store.Secrecy;
import dev.parley.store.sqlite.StoreFile;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Keys and an SQLite file. */
class SqliteSealingTest extends SealingContract {
    @TempDir
    Path folder;

    @Override
    Database open(Secrecy secrecy) {
        return new StoreFile(folder.resolve("parley.db")).open(secrecy);
    }
}
