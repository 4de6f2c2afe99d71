package dev.parley.store.postgresql;

import static dev.parley.contract.Awaited.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.session.Trickle.Trickled;
import dev.parley.signaling.TestSignaling;
import dev.parley.store.ReadFrom;
import dev.parley.waiting.RecordingWaiter;
import dev.parley.waiting.TestWaitRegistries;
import dev.parley.waiting.Wait;
import dev.parley.waiting.WaitRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Two nodes over one cluster: one writes, and clients wait at the other. By default waiting clients do not check by themselves within
 * an hour.
 */
record NotifyingNodes(TestNode writing, TestNode waiting) implements AutoCloseable {
    /** A node with its waiting clients. */
    record TestNode(PostgresNode parley, PostgresNotifications notifications, WaitRegistry feed) {
        static TestNode over(PostgresCluster cluster, Duration recheck) {
            PrimaryLocator locator = PostgresNode.locator(cluster);
            return over(PostgresNode.over(locator), locator, recheck);
        }

        /** @param locator also finds the primary for {@code plain} */
        static TestNode over(PostgresNode plain, PrimaryLocator locator, Duration recheck) {
            var random = new SecureRandom();
            var notifications = new PostgresNotifications(locator, random);
            WaitRegistry feed = TestWaitRegistries.among(notifications, recheck);
            var signaling = TestSignaling.over(
                    plain.database(), feed, PostgresNode.LIMITS, InstantSource.system(), new SecureRandom());
            return new TestNode(new PostgresNode(plain.database(), signaling, plain.meters()), notifications, feed);
        }

        void close() {
            feed.close();
            notifications.close();
            parley.close();
        }
    }

    static NotifyingNodes over(PostgresCluster cluster) {
        return over(cluster, Duration.ofHours(1));
    }

    /** @param recheck how often a waiter checks without a notification */
    static NotifyingNodes over(PostgresCluster cluster, Duration recheck) {
        return new NotifyingNodes(TestNode.over(cluster, recheck), TestNode.over(cluster, recheck));
    }

    @Override
    public void close() {
        writing.close();
        waiting.close();
    }

    void assertThatACommitIsNotified() throws Exception {
        assertThatAnEventWakes(opened());
    }

    void assertThatAnEventWakes(WritingPeer peer) throws Exception {
        var seen = new CompletableFuture<Long>();
        var waiter = new RecordingWaiter(() -> peer.read(waiting.parley, ReadFrom.PRIMARY)
                .thenAccept(session -> seen.complete(session.result().seq())));
        Wait wait = TestWaitRegistries.join(waiting.feed, peer.key(), waiter);

        Trickled trickled = result(peer.trickle(writing.parley));

        assertThat(seen.get(120, TimeUnit.SECONDS)).isEqualTo(trickled.seq());
        wait.leave();
    }

    /** Commits until a waiter checks twice: one check would prove nothing, since all check when listening begins. */
    void awaitListening() {
        await().atMost(Duration.ofMinutes(2)).until(() -> {
            WritingPeer peer = opened();
            var waiter = new RecordingWaiter();
            Wait wait = TestWaitRegistries.join(waiting.feed, peer.key(), waiter);
            result(peer.trickle(writing.parley));
            boolean received = checks(waiter, 1);
            result(peer.trickle(writing.parley));
            received = received && checks(waiter, 2);
            wait.leave();
            return received;
        });
    }

    private static boolean checks(RecordingWaiter waiter, int times) {
        try {
            await().atMost(Duration.ofSeconds(1)).until(() -> waiter.calls().size() >= times);
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    WritingPeer opened() {
        WritingPeer peer = WritingPeer.inNoSession();
        result(peer.open(writing.parley));
        return peer;
    }
}
