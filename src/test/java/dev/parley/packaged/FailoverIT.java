package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.packaged.RoamingPeers.Acknowledged;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a primary that dies under load takes nothing with it that was promised. Method: two nodes of the packaged service, a
 * primary killed with {@code kill -9} while peers write and read, and its standby promoted, once a synchronous one and once one
 * that was late.
 *
 * <p>{@code -Dparley.replicated.seed} repeats a run's choices.
 */
@Tag("slow")
class FailoverIT {
    private static final long SEED = Long.getLong("parley.replicated.seed", System.nanoTime());
    private static final int PEERS = 6;
    private static final Duration HEALTH_MAX = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    private TwoPackagedNodes nodes;

    @BeforeEach
    void start() {
        System.out.printf("FailoverIT: -Dparley.replicated.seed=%d%n", SEED);
        nodes = TwoPackagedNodes.in(folder);
    }

    @AfterEach
    void stop() {
        nodes.close();
    }

    @Test
    void aSynchronousStandbyHasEveryAcknowledgedWrite() {
        nodes.cluster().synchronous(true);
        RoamingPeers peers = failedOver();

        assertThat(peers.surprises()).isEmpty();
        assertThat(lost(peers)).isEmpty();
        nodes.assertThatWhoWaitsIsTold();
    }

    @Test
    void anAsynchronousStandbyLacksOnlyUnreplicatedWritesAndItsBookmarksAreReset() {
        Acknowledged replicated = replicated();
        nodes.cluster().standby().stopReceiving();
        RoamingPeers peers = failedOver();

        assertThat(peers.surprises()).isEmpty();
        Set<Acknowledged> lost = lost(peers);
        assertThat(lost).as("what the standby never got").isNotEmpty();
        for (Acknowledged write : peers.acknowledged()) {
            assertThat(isReset(write) || !lost.contains(write))
                    .as("%s was kept, or its bookmark is reset", write)
                    .isTrue();
        }
        assertThat(candidates(replicated.code())).contains(replicated.candidate());
        assertThat(isReset(replicated)).isFalse();
    }

    @Test
    void aNodeIsReadyWhileAnyDatabaseNodeServesReads() {
        ParleyClient one = nodes.one().client();
        ParleyClient operators = nodes.one().operators();
        assertThat(operators.get("/q/health/ready").text()).contains("reads and writes");

        nodes.cluster().primary().kill();
        await().atMost(HEALTH_MAX)
                .untilAsserted(() ->
                        assertThat(operators.get("/q/health/ready").text()).contains("reads only"));
        assertThat(operators.get("/q/health/ready").status()).isEqualTo(200);
        assertThat(operators.get("/q/health/started").status()).isEqualTo(200);
        assertThat(one.health()).satisfies(health -> {
            assertThat(health.status()).isEqualTo(200);
            assertThat(TwoPackagedNodes.isByPrimary(health)).isFalse();
        });
        assertThat(one.getSince("first-primary", "/health").status()).isEqualTo(503);
        assertThat(one.getSince("first-unconstrained", "/api/v1/topics").status())
                .isEqualTo(200);

        nodes.cluster().standby().kill();
        await().atMost(HEALTH_MAX).until(() -> one.health().status() == 503);
        assertThat(operators.get("/q/health/ready").status()).isEqualTo(503);
        assertThat(operators.get("/q/health/live").status()).isEqualTo(200);

        nodes.cluster().primary().start();
        await().atMost(HEALTH_MAX).until(() -> one.health().status() == 200);
        assertThat(operators.get("/q/health/ready").text()).contains("reads and writes");
    }

    /** A write that the standby has. */
    private Acknowledged replicated() {
        String code = nodes.open();
        ServerReply written = TwoPackagedNodes.trickle(nodes.one(), code, "replicated");
        await().until(() -> {
            ServerReply read = nodes.one().client().getSince("first-unconstrained", "/api/v1/sessions/" + code);
            return read.status() == 200 && read.seq() == written.seq();
        });
        return new Acknowledged(code, "replicated", written.seq(), TwoPackagedNodes.bookmark(written));
    }

    /** Kills the primary under load, and promotes the standby after a while; returns the peers who went through that. */
    private RoamingPeers failedOver() {
        try (RoamingPeers peers = RoamingPeers.among(nodes.both(), PEERS, SEED)) {
            peers.awaitMoreWritesAndReads();
            nodes.cluster().primary().kill();
            peers.awaitRefusalsAndReadsByReplica();
            int before = peers.counts().writes();
            nodes.cluster().standby().promote();
            long since = System.nanoTime();
            peers.awaitWrites(before + 1);
            System.out.printf(
                    "FailoverIT: %d ms from the promotion to a write; without a primary the slowest refusal took %d ms%n",
                    Duration.ofNanos(System.nanoTime() - since).toMillis(),
                    peers.longestRefusal().toMillis());
            peers.awaitMoreWritesAndReads();
            peers.leave();
            return peers;
        }
    }

    /** The acknowledged writes that are not there any more. */
    private Set<Acknowledged> lost(RoamingPeers peers) {
        Map<String, List<String>> kept = new HashMap<>();
        var lost = new HashSet<Acknowledged>();
        for (Acknowledged write : peers.acknowledged()) {
            if (!kept.computeIfAbsent(write.code(), this::candidates).contains(write.candidate())) {
                lost.add(write);
            }
        }
        return lost;
    }

    private List<String> candidates(String code) {
        ServerReply events = nodes.one().client().events(code);
        return events.status() == 404 ? List.of() : events.json().findValuesAsText("candidate");
    }

    private boolean isReset(Acknowledged write) {
        ServerReply read = nodes.two().client().getSince(write.bookmark(), "/api/v1/topics");
        assertThat(read.status()).as("%s", read).isEqualTo(200);
        return TwoPackagedNodes.isReset(read);
    }
}
