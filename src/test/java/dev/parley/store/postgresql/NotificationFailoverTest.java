package dev.parley.store.postgresql;

import static dev.parley.contract.Awaited.served;
import static org.awaitility.Awaitility.await;

import dev.parley.session.SignalingException.StoreUnavailable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** After a failover notifications go through the new primary. */
@Tag("slow")
class NotificationFailoverTest {
    @Test
    void afterAFailoverACommitOnOneNodeWakesAWaiterOnAnotherAgain() throws Exception {
        try (var cluster = PostgresCluster.ofTwo();
                NotifyingNodes nodes = NotifyingNodes.over(cluster)) {
            nodes.awaitListening();
            nodes.assertThatACommitIsNotified();

            cluster.primary().kill();
            cluster.standby().promote();
            await().ignoreException(StoreUnavailable.class)
                    .until(() -> served(WritingPeer.inNoSession()
                                    .open(nodes.writing().parley()))
                            != null);

            nodes.awaitListening();
            nodes.assertThatACommitIsNotified();
        }
    }
}
