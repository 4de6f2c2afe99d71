package dev.parley.contract;

import dev.parley.store.SeenSql;
import dev.parley.store.postgresql.PostgresServers;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The store's tests on PostgreSQL with a replica, and records Hibernate's statements. */
public class PostgresProfile extends StoreProfile {
    @Override
    public Set<Class<?>> getEnabledAlternatives() {
        return Stream.concat(super.getEnabledAlternatives().stream(), Stream.of(SeenSql.OnPostgres.class))
                .collect(Collectors.toSet());
    }

    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(PostgresServers.class));
    }
}
