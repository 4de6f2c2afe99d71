package dev.parley.packaged;

import static org.awaitility.Awaitility.await;

import dev.parley.store.postgresql.PostgresCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Two nodes of the packaged service over a primary and a streaming standby, which both have as their replica {@code copy}. */
public record TwoPackagedNodes(PostgresCluster cluster, RunningParley one, RunningParley two) implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Starts servers of their own and two nodes, whose replica is in service. */
    public static TwoPackagedNodes in(Path folder) {
        PostgresCluster cluster = PostgresCluster.ofTwo();
        ParleyJar jar = ParleyJar.in(folder)
                .with("PARLEY_STORE_URL", cluster.url())
                .with("PARLEY_STORE_PRIMARY", "main@here")
                .with("PARLEY_STORE_REPLICAS", "copy@here=" + cluster.standby().url())
                .with("PARLEY_NODE_REGION", "here")
                .with("PARLEY_EXPIRY_SCHEDULE", "1s")
                .with("PARLEY_WAITING_RECHECK", "60s"); // a wait that ends earlier was notified
        var nodes = new TwoPackagedNodes(cluster, jar.start(), jar.start());
        nodes.awaitReplica(true);
        return nodes;
    }

    public List<RunningParley> both() {
        return List.of(one, two);
    }

    /** Waits until the metrics of both nodes report that the replica is in service, or out of it. */
    void awaitReplica(boolean serving) {
        String line = "parley_replica_serving{node=\"copy\"} " + (serving ? "1.0" : "0.0");
        await().atMost(PATIENCE)
                .until(() -> both().stream()
                        .allMatch(node ->
                                node.operators().get("/q/metrics").text().contains(line)));
    }

    static boolean isByPrimary(ServerReply reply) {
        return reply.headers().firstValue("x-served-by-primary").orElseThrow().equals("true");
    }

    @Override
    public void close() {
        two.close();
        one.close();
        cluster.close();
    }
}
