package dev.parley.store.postgresql;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A primary and a replica for one start of the application, gone when the application has stopped. */
public final class PostgresServers implements QuarkusTestResourceLifecycleManager {
    private @Nullable PostgresCluster cluster;

    @Override
    public Map<String, String> start() {
        cluster = PostgresCluster.ofTwo();
        return Map.of(
                "parley.store.url", cluster.primary().url(),
                "parley.store.primary", "main@here",
                "parley.store.replicas", "copy@here=" + cluster.standby().url(),
                "parley.node.region", "here",
                "parley.store.probe-interval", "100ms");
    }

    @Override
    public void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }
}
