package dev.parley.signaling;

import dev.parley.store.postgresql.PostgresServers;
import java.util.List;

/** The store's tests on a new PostgreSQL cluster. */
public final class PostgresProfile extends StoreProfile {
    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(PostgresServers.class));
    }
}
