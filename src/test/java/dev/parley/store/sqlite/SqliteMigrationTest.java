package dev.parley.store.sqlite;

import dev.parley.store.Database;
import dev.parley.store.MigrationContract;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.io.TempDir;

class SqliteMigrationTest implements MigrationContract {
    @TempDir
    Path folder;

    @Override
    public Connection storeOfVersion(String version) throws SQLException {
        store().migrateTo(version);
        return store().connect();
    }

    @Override
    public Database open() {
        return store().open();
    }

    @Override
    public Database openAsCommand() {
        return store().openAsCommand();
    }

    private OfflineStore store() {
        return new OfflineStore(folder.resolve("parley.db"));
    }
}
