package dev.parley.store.postgresql;

import static dev.parley.contract.Awaited.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.session.Session;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Goal: a commit that a replica has shown is visible at the primary to a read with the replica's bookmark. Method: a commit that waits
 * for a standby that does not exist, so that the replica shows it and the primary does not yet.
 */
@Tag("slow")
class EarlyReplicaTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @Test
    void aPrimaryHonorsTheBookmarkOfAReplicaThatShowedTheCommitEarlier() {
        try (PostgresCluster cluster = PostgresCluster.ofTwo();
                PostgresNode parley = PostgresNode.waiting(cluster, LONG)) {
            WritingPeer peer = WritingPeer.inNoSession();
            served(peer.open(parley));
            await().until(parley::isWhole);
            cluster.waitForMissingStandby();
            peer.trickle(parley);
            await().until(() ->
                    served(peer.read(parley, ReadFrom.ANYWHERE)).result().seq() == 2);
            Served<Session> early = served(peer.read(parley, ReadFrom.ANYWHERE));
            assertThat(early.node().primary()).isFalse();
            assertThat(served(peer.read(parley, ReadFrom.PRIMARY)).result().seq())
                    .as("at the primary without the bookmark")
                    .isEqualTo(1);
            cluster.standby().kill();

            CompletionStage<Served<Session>> read = peer.read(parley, new ReadFrom.AtLeast(early.bookmark()));
            cluster.synchronous(false);

            assertThat(served(read).node().primary()).isTrue();
            assertThat(served(read).result().seq()).isEqualTo(2);
            assertThat(served(read).reset()).isFalse();
        }
    }
}
