package dev.parley.contract;

import dev.parley.store.SeenSql;
import dev.parley.store.postgresql.PostgresServers;
import java.util.List;
import java.util.Set;

/** The application on PostgreSQL with a replica; records Hibernate's statements. */
public class PostgresProfile extends StoreProfile {
    @Override
    public Set<Class<?>> getEnabledAlternatives() {
        return Set.of(MovableClock.class, SeenSql.OnPostgres.class);
    }

    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(PostgresServers.class));
    }
}
