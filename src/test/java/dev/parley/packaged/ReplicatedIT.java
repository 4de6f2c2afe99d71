package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: peers who use now one node of the packaged service, now the other, never see the past, and do not notice what becomes of
 * the replica. Method: a real standby whose replay is paused, and that is killed, frozen and started again while peers write and
 * read.
 *
 * <p>{@code -Dparley.replicated.seed} repeats a run's choices.
 */
@Tag("slow")
class ReplicatedIT {
    private static final long SEED = Long.getLong("parley.replicated.seed", System.nanoTime());
    private static final int ROUNDS = 100;
    private static final int PEERS = 6;

    @TempDir
    static Path folder;

    private static TwoPackagedNodes nodes;

    @BeforeAll
    static void start() {
        System.out.printf("ReplicatedIT: -Dparley.replicated.seed=%d%n", SEED);
        nodes = TwoPackagedNodes.in(folder);
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @Test
    void aWriteThroughOneNodeIsReadThroughTheOther() {
        var random = new Random(SEED);
        String code = nodes.open();
        int stale = 0;
        for (int round = 1; round <= ROUNDS; round++) {
            if (round % 5 == 0) {
                nodes.cluster().standby().pauseReplay();
            }
            boolean throughOne = random.nextBoolean();
            ServerReply written =
                    TwoPackagedNodes.trickle(throughOne ? nodes.one() : nodes.two(), code, "candidate-" + round);
            ParleyClient other = (throughOne ? nodes.two() : nodes.one()).client();
            ServerReply unconstrained = other.getSince("first-unconstrained", "/api/v1/sessions/" + code);
            ServerReply read = other.getSince(TwoPackagedNodes.bookmark(written), "/api/v1/sessions/" + code);
            nodes.cluster().standby().resumeReplay();

            assertThat(read.seq()).as("%s", read).isEqualTo(written.seq());
            assertThat(TwoPackagedNodes.bookmark(read)).isGreaterThanOrEqualTo(TwoPackagedNodes.bookmark(written));
            assertThat(TwoPackagedNodes.isReset(read)).isFalse();
            boolean missing = unconstrained.status() == 404;
            stale += missing || unconstrained.seq() < written.seq() ? 1 : 0;
        }
        assertThat(stale).as("reads without the bookmark that were stale").isPositive();
    }

    @Test
    void aRejectionNamesTheNodeThatDecidedIt() {
        ServerReply missing = nodes.one().client().getSince("first-unconstrained", "/api/v1/sessions/no-such-session");

        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.headers().map())
                .containsEntry("x-served-by", List.of("copy"))
                .containsEntry("x-served-by-primary", List.of("false"));
        assertThat(missing.headers().firstValue("x-d1-bookmark")).isPresent();
    }

    @Test
    void aCommitOnOneNodeWakesWaitersOnTheOther() {
        nodes.assertThatWhoWaitsIsTold();

        // The connections on which the nodes listen are cut, and made again.
        nodes.cluster().primary().ask("""
                SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity
                WHERE application_name = 'parley-listens'""");
        nodes.assertThatWhoWaitsIsTold();
    }

    @Test
    void aReplicaThatFailsHangsAndReturnsFailsNoRequest() {
        try (RoamingPeers peers = RoamingPeers.among(nodes.both(), PEERS, SEED)) {
            peers.awaitReadsByReplica();
            nodes.cluster().standby().kill();
            nodes.awaitReplica(false);
            peers.awaitMoreWritesAndReads();
            nodes.cluster().standby().start();
            nodes.awaitReplica(true);
            peers.awaitReadsByReplica();

            nodes.cluster().standby().freeze();
            nodes.awaitReplica(false);
            peers.awaitMoreWritesAndReads();
            nodes.cluster().standby().thaw();
            nodes.awaitReplica(true);
            peers.awaitReadsByReplica();

            peers.leave();
            assertThat(peers.surprises()).isEmpty();
            assertThat(peers.counts().refusals()).isZero();
            assertThat(peers.counts().resets()).isZero();
        }
    }
}
