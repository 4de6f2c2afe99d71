package dev.parley.store.postgresql;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/** A primary and a replica for one start of the application, with a database of its own. */
public final class PostgresServers implements QuarkusTestResourceLifecycleManager {
    @Override
    public Map<String, String> start() {
        PostgresCluster cluster = PostgresCluster.shared();
        return Map.of(
                "parley.store.url", cluster.primary().url(),
                "parley.store.primary", "main@here",
                "parley.store.replicas", "copy@here=" + cluster.standby().url(),
                "parley.node.region", "here",
                "parley.store.silence-max", "10s");
    }

    @Override
    public void stop() {
        // other tests use the cluster
    }
}
