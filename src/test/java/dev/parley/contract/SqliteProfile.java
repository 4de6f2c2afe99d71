package dev.parley.contract;

import dev.parley.store.SeenSql;
import dev.parley.store.sqlite.SqliteFolder;
import java.util.List;
import java.util.Set;

/** The application on a new SQLite file; records Hibernate's statements. */
public class SqliteProfile extends StoreProfile {
    @Override
    public Set<Class<?>> getEnabledAlternatives() {
        return Set.of(MovableClock.class, SeenSql.OnSqlite.class);
    }

    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(SqliteFolder.class));
    }
}
