package dev.parley.contract;

import dev.parley.store.sqlite.SqliteFolder;
import java.util.List;

/** The store's tests on a new SQLite file. */
public class SqliteProfile extends StoreProfile {
    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(SqliteFolder.class));
    }
}
