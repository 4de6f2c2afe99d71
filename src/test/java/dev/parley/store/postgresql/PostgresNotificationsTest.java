package dev.parley.store.postgresql;

import static dev.parley.contract.Awaited.result;
import static dev.parley.contract.Awaited.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.session.Event;
import dev.parley.session.Event.Events;
import dev.parley.signaling.Signaling;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.waiting.RecordingWaiter;
import dev.parley.waiting.TestWaitRegistries;
import dev.parley.waiting.Wait;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A commit on one node wakes clients that wait at another. They do not check by themselves within an hour, so each check follows a
 * notification.
 */
@Tag("integration")
class PostgresNotificationsTest {
    private static final int WAKE_UPS = 200;

    private static final PostgresCluster cluster = PostgresCluster.shared();
    private static NotifyingNodes nodes;

    @BeforeAll
    static void start() {
        nodes = NotifyingNodes.over(cluster);
        nodes.awaitListening();
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @Test
    void aCommitOnOneNodeWakesAWaiterOnAnother() throws Exception {
        nodes.assertThatACommitIsNotified();
    }

    @Test
    void aDeletionOnOneNodeWakesAWaiterOnAnotherWhichFindsTheLastEvent() throws Exception {
        WritingPeer peer = nodes.opened();
        long incarnation =
                result(waiting().events(ReadFrom.PRIMARY, peer.key(), 1, 10)).incarnation();
        var found = new CompletableFuture<Served<Events>>();
        var waiter = new RecordingWaiter(() -> waiting()
                .follow(ReadFrom.PRIMARY, peer.key(), incarnation, 1, 10)
                .thenAccept(found::complete));
        Wait wait = TestWaitRegistries.join(nodes.waiting().feed(), peer.key(), waiter);

        String bookmark = served(nodes.writing().parley().signaling().close(peer.key(), peer.token()))
                .bookmark();

        Served<Events> last = found.get(120, TimeUnit.SECONDS);
        assertThat(last.result().list()).containsExactly(new Event.Closed(2, 1));
        assertThat(last.bookmark()).isGreaterThanOrEqualTo(bookmark);
        wait.leave();
    }

    private static Signaling waiting() {
        return nodes.waiting().parley().signaling();
    }

    @Test
    void aWaiterOfAnotherSessionIsNotWoken() throws Exception {
        var stranger = new RecordingWaiter();
        Wait wait =
                TestWaitRegistries.join(nodes.waiting().feed(), nodes.opened().key(), stranger);

        nodes.assertThatACommitIsNotified();

        assertThat(stranger.calls()).isEmpty();
        wait.leave();
    }

    @Test
    void aNodeIgnoresItsOwnNotifications() throws Exception {
        WritingPeer peer = nodes.opened();
        var local = new RecordingWaiter();
        Wait there = TestWaitRegistries.join(nodes.writing().feed(), peer.key(), local);

        nodes.assertThatAnEventWakes(peer);
        nodes.assertThatACommitIsNotified(); // sent after the first, so all nodes have received that

        assertThat(local.calls()).containsExactly("check");
        there.leave();
    }

    @Test
    void afterALostConnectionAllWaitersCheckOnceAndAreWokenAgain() throws Exception {
        var any = new RecordingWaiter();
        Wait wait =
                TestWaitRegistries.join(nodes.waiting().feed(), nodes.opened().key(), any);

        cluster.primary().ask("""
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND application_name = 'parley-listens'""");

        await().until(() -> !any.calls().isEmpty());
        nodes.assertThatACommitIsNotified();
        assertThat(any.calls()).containsExactly("check");
        wait.leave();
    }

    @Test
    void theSendingConnectionIsOpenedAgain() throws Exception {
        cluster.primary().ask("""
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND query LIKE '%pg_notify%' AND pid <> pg_backend_pid()""");

        nodes.assertThatACommitIsNotified();
    }

    @Test
    void wakeUpsAcrossNodesAreMeasured() throws Exception {
        WritingPeer peer = nodes.opened();
        var seen = new AtomicLong();
        var reading = new RecordingWaiter(() -> peer.read(nodes.waiting().parley(), ReadFrom.PRIMARY)
                .thenAccept(session -> seen.set(session.result().seq())));
        Wait wait = TestWaitRegistries.join(nodes.waiting().feed(), peer.key(), reading);
        var micros = new long[WAKE_UPS];
        for (int i = 0; i < WAKE_UPS; i++) {
            long seq = result(peer.trickle(nodes.writing().parley())).seq();
            long committed = System.nanoTime();
            while (seen.get() < seq && System.nanoTime() - committed < TimeUnit.SECONDS.toNanos(10)) {
                Thread.onSpinWait();
            }
            assertThat(seen).hasValue(seq);
            micros[i] = (System.nanoTime() - committed) / 1_000;
        }
        wait.leave();
        Arrays.sort(micros);
        System.out.printf(
                "From a commit to the reader on another node: median %d us, p99 %d us%n",
                micros[WAKE_UPS / 2], micros[WAKE_UPS * 99 / 100]);
    }
}
