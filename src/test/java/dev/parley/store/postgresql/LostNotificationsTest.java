package dev.parley.store.postgresql;

import static dev.parley.contract.Awaited.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.store.ReadFrom;
import dev.parley.waiting.RecordingWaiter;
import dev.parley.waiting.TestWaitRegistries;
import dev.parley.waiting.Wait;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Goal: a lost notification costs a waiting client some time, and never an event. Method: commits without notifications, and a server
 * that accepts no listener while notifications are sent.
 */
@Tag("integration")
class LostNotificationsTest {
    private static final Duration RECHECK = Duration.ofMillis(200);

    private final PostgresCluster cluster = PostgresCluster.shared();

    @Test
    void aWaiterWithoutANotificationChecksAfterAWhile() {
        try (PostgresNode silent = PostgresNode.over(cluster);
                NotifyingNodes nodes = NotifyingNodes.over(cluster, RECHECK)) {
            nodes.awaitListening();
            WritingPeer peer = nodes.opened();
            var seen = new AtomicLong();
            Wait wait = TestWaitRegistries.join(nodes.waiting().feed(), peer.key(), reading(nodes, peer, seen));

            long seq = result(peer.trickle(silent)).seq();

            await().until(() -> seen.get() == seq);
            wait.leave();
        }
    }

    @Test
    void withoutRegularChecksTheCommitWouldBeMissed() throws Exception {
        try (PostgresNode silent = PostgresNode.over(cluster);
                NotifyingNodes nodes = NotifyingNodes.over(cluster)) {
            nodes.awaitListening();
            WritingPeer peer = nodes.opened();
            var waiter = new RecordingWaiter();
            Wait wait = TestWaitRegistries.join(nodes.waiting().feed(), peer.key(), waiter);

            result(peer.trickle(silent));

            nodes.assertThatACommitIsNotified();
            assertThat(waiter.calls()).isEmpty();
            wait.leave();
        }
    }

    @Test
    void aCommitWhileNoNodeListensIsSeenWhenListeningBegins() {
        try (NotifyingNodes nodes = NotifyingNodes.over(cluster)) {
            nodes.awaitListening();
            WritingPeer peer = nodes.opened();
            var seen = new AtomicLong();
            Wait wait = TestWaitRegistries.join(nodes.waiting().feed(), peer.key(), reading(nodes, peer, seen));
            String database = cluster.primary().database();
            cluster.primary().ask("ALTER DATABASE " + database + " CONNECTION LIMIT 0");
            assertThat(cluster.primary().ask("""
                            SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity
                            WHERE datname = current_database() AND application_name = 'parley-listens'""")).isEqualTo("2");

            long seq = result(peer.trickle(nodes.writing().parley())).seq();
            assertThat(seen).as("events seen while no node listened").hasValue(0);
            cluster.primary().ask("ALTER DATABASE " + database + " CONNECTION LIMIT -1");

            await().until(() -> seen.get() == seq);
            wait.leave();
        }
    }

    private static RecordingWaiter reading(NotifyingNodes nodes, WritingPeer peer, AtomicLong seen) {
        return new RecordingWaiter(() -> peer.read(nodes.waiting().parley(), ReadFrom.PRIMARY)
                .thenAccept(session -> seen.set(session.result().seq())));
    }
}
