package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.store.postgresql.PostgresCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Two nodes of the packaged service over a primary and a streaming standby, which both have as their replica {@code copy}. */
public record TwoPackagedNodes(PostgresCluster cluster, RunningParley one, RunningParley two) implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration TOLD_WITHIN = Duration.ofSeconds(30);

    /** Starts servers of their own and two nodes, whose replica is in service. */
    public static TwoPackagedNodes in(Path folder) {
        PostgresCluster cluster = PostgresCluster.ofTwo();
        ParleyJar jar = ParleyJar.in(folder)
                .with("PARLEY_STORE_URL", cluster.url())
                .with("PARLEY_STORE_PRIMARY", "main@here")
                .with("PARLEY_STORE_REPLICAS", "copy@here=" + cluster.standby().url())
                .with("PARLEY_NODE_REGION", "here")
                .with("PARLEY_EXPIRY_SCHEDULE", "1s")
                .with("PARLEY_WAITING_RECHECK", "60s") // who sees something earlier was told of it
                .startingFast();
        var nodes = new TwoPackagedNodes(cluster, jar.start(), jar.start());
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
        ServerReply opened = one.client().open(code, token(code), "an offer", List.of());
        assertThat(opened.status()).as("%s", opened).isEqualTo(201);
        return code;
    }

    /** Adds one event to a session that was opened here. */
    static ServerReply trickle(RunningParley through, String code, String candidate) {
        JsonNode text = JsonNodeFactory.instance.textNode(candidate);
        ServerReply added = through.client().trickle(code, token(code), List.of(text));
        assertThat(added.status()).as("%s", added).isEqualTo(201);
        return added;
    }

    /** Lets somebody wait at one node for what is then committed through the other. */
    void assertThatWhoWaitsIsTold() {
        String code = open();
        CompletableFuture<ServerReply> told =
                CompletableFuture.supplyAsync(() -> two.client().awaitEvents(code, 1));
        await().until(() -> two.operators().get("/q/metrics").text().contains("parley_waiters 1.0"));

        ServerReply written = trickle(one, code, "while somebody waits");

        // Sooner than the end of the wait, when the node looks once more.
        assertThat(told)
                .succeedsWithin(TOLD_WITHIN)
                .satisfies(reply ->
                        assertThat(reply.json().at("/events/0/seq").longValue()).isEqualTo(written.seq()));
    }

    private static String token(String code) {
        return "the-own-secret-of-" + code;
    }

    static String bookmark(ServerReply reply) {
        return reply.headers().firstValue("x-d1-bookmark").orElseThrow();
    }

    static boolean isReset(ServerReply reply) {
        return reply.headers().firstValue("x-bookmark-status").isPresent();
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
