package dev.parley.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.store.postgresql.PostgresCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Two nodes of the packaged service over a primary and a streaming standby, which both have as their replica {@code copy}. */
public record TwoNodes(PostgresCluster cluster, RunningParley one, RunningParley two) implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** Two nodes as {@link #of} starts them, with the settings that there are by default. */
    static TwoNodes in(Path folder) {
        return of(ParleyJar.in(folder).startingFast());
    }

    /** Starts servers of their own and two nodes, which run {@code node}, and whose replica is in service. */
    public static TwoNodes of(ParleyJar node) {
        PostgresCluster cluster = PostgresCluster.ofTwo();
        ParleyJar jar = node.with("PARLEY_STORE_URL", cluster.url())
                .with("PARLEY_STORE_PRIMARY", "main@here")
                .with("PARLEY_STORE_REPLICAS", "copy@here=" + cluster.standby().url())
                .with("PARLEY_NODE_REGION", "here");
        var nodes = new TwoNodes(cluster, jar.start(), jar.start());
        nodes.awaitReplica(true);
        return nodes;
    }

    public List<RunningParley> both() {
        return List.of(one, two);
    }

    /** Until both nodes have the replica in service, or out of it, as their metrics tell. */
    void awaitReplica(boolean serving) {
        String line = "parley_replica_serving{node=\"copy\"} " + (serving ? "1.0" : "0.0");
        await().atMost(PATIENCE)
                .until(() -> both().stream()
                        .allMatch(node ->
                                node.operators().get("/q/metrics").text().contains(line)));
    }

    /** Opens a session; returns its code. */
    String open() {
        String code = UUID.randomUUID().toString();
        Reply opened = one.client().open(code, token(code), "an offer", List.of());
        assertThat(opened.status()).as("%s", opened).isEqualTo(201);
        return code;
    }

    /** Adds one event to a session that was opened here. */
    static Reply trickle(RunningParley through, String code, String candidate) {
        JsonNode text = JsonNodeFactory.instance.textNode(candidate);
        Reply added = through.client().trickle(code, token(code), List.of(text));
        assertThat(added.status()).as("%s", added).isEqualTo(201);
        return added;
    }

    private static String token(String code) {
        return "the-own-secret-of-" + code;
    }

    static String bookmark(Reply reply) {
        return reply.headers().firstValue("x-d1-bookmark").orElseThrow();
    }

    static boolean isReset(Reply reply) {
        return reply.headers().firstValue("x-bookmark-status").isPresent();
    }

    static boolean isByPrimary(Reply reply) {
        return reply.headers().firstValue("x-served-by-primary").orElseThrow().equals("true");
    }

    @Override
    public void close() {
        two.close();
        one.close();
        cluster.close();
    }
}
