package dev.parley.store.postgresql;

import static dev.parley.signaling.Stages.result;
import static dev.parley.signaling.Stages.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.feed.Feed;
import dev.parley.feed.Feeds;
import dev.parley.feed.Recorder;
import dev.parley.feed.Wait;
import dev.parley.feed.Waiter;
import dev.parley.session.Event;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.session.Trickled;
import dev.parley.signaling.Signaling;
import dev.parley.store.Node;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.store.StoreUrl;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Who waits on one node is woken by what another commits. Nobody here looks by himself within an hour, so whoever has looked
 * was told.
 */
class PostgresNeighboursTest {
    private static final int WAKE_UPS = 200;

    private static PostgresCluster cluster;
    private static TestNode writing;
    private static TestNode waiting;

    /** A node with those who wait at it. */
    private record TestNode(Parley parley, PostgresNeighbours neighbours, Feed feed) {
        static TestNode over(PostgresCluster cluster) {
            var random = new SecureRandom();
            var url = (StoreUrl.Postgres) StoreUrl.parse(StoreUrl.KEY, cluster.url());
            var neighbours = new PostgresNeighbours(url, new Node("main", "here", true), Duration.ofSeconds(2), random);
            Feed feed = Feeds.among(neighbours);
            Parley plain = Parley.over(cluster);
            var signaling =
                    new Signaling(plain.database(), feed, Parley.LIMITS, InstantSource.system(), new SecureRandom());
            return new TestNode(new Parley(plain.database(), signaling, plain.meters()), neighbours, feed);
        }

        void close() {
            feed.close();
            neighbours.close();
            parley.close();
        }
    }

    @BeforeAll
    static void start() {
        cluster = PostgresCluster.shared();
        writing = TestNode.over(cluster);
        waiting = TestNode.over(cluster);
        awaitHearing();
    }

    @AfterAll
    static void stop() {
        writing.close();
        waiting.close();
        cluster.close();
    }

    @Test
    void aCommitOnOneNodeWakesAWaiterOnAnother() throws Exception {
        assertThatACommitIsHeard();
    }

    @Test
    void aDeletionOnOneNodeIsTheLastThatAWaiterOnAnotherHears() throws Exception {
        Peer peer = opened();
        var told = new CompletableFuture<Served<Event.Closed>>();
        Wait wait = Feeds.join(waiting.feed, peer.key(), new Hears(told));

        String bookmark = served(writing.parley.signaling().close(peer.key(), peer.token()))
                .bookmark();

        Served<Event.Closed> last = told.get(10, TimeUnit.SECONDS);
        assertThat(last.result()).isEqualTo(new Event.Closed(2, 1));
        assertThat(last.bookmark()).isEqualTo(bookmark);
        wait.leave();
    }

    @Test
    void whoWaitsForAnotherSessionIsNotWoken() throws Exception {
        var stranger = new Recorder();
        Wait wait = Feeds.join(waiting.feed, opened().key(), stranger);

        assertThatACommitIsHeard();

        assertThat(stranger.calls()).isEmpty();
        wait.leave();
    }

    @Test
    void aNodeDoesNotHearItself() throws Exception {
        Peer peer = opened();
        var local = new Recorder();
        Wait there = Feeds.join(writing.feed, peer.key(), local);

        assertThatAnEventWakes(peer);
        assertThatACommitIsHeard(); // sent behind the first, so the first was heard everywhere

        assertThat(local.calls()).containsExactly("look");
        there.leave();
    }

    @Test
    void whenAConnectionWasLostAllLookOnceAndAreWokenAgain() throws Exception {
        var anybody = new Recorder();
        Wait wait = Feeds.join(waiting.feed, opened().key(), anybody);

        cluster.primary().ask("""
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND application_name = 'parley-listens'""");

        await().until(() -> !anybody.calls().isEmpty());
        assertThatACommitIsHeard();
        assertThat(anybody.calls()).containsExactly("look");
        wait.leave();
    }

    @Test
    void aConnectionToTellWithIsMadeAgain() throws Exception {
        cluster.primary().ask("""
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND query LIKE '%pg_notify%' AND pid <> pg_backend_pid()""");

        assertThatACommitIsHeard();
    }

    @Test
    void wakeUpsAcrossNodesAreMeasured() throws Exception {
        Peer peer = opened();
        var seen = new AtomicLong();
        var looked = new Recorder(() -> peer.read(waiting.parley, ReadFrom.PRIMARY)
                .thenAccept(session -> seen.set(session.result().seq())));
        Wait wait = Feeds.join(waiting.feed, peer.key(), looked);
        var micros = new long[WAKE_UPS];
        for (int i = 0; i < WAKE_UPS; i++) {
            long seq = result(peer.trickle(writing.parley)).seq();
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

    private static void assertThatACommitIsHeard() throws Exception {
        assertThatAnEventWakes(opened());
    }

    private static void assertThatAnEventWakes(Peer peer) throws Exception {
        var seen = new CompletableFuture<Long>();
        var waiter = new Recorder(() -> peer.read(waiting.parley, ReadFrom.PRIMARY)
                .thenAccept(session -> seen.complete(session.result().seq())));
        Wait wait = Feeds.join(waiting.feed, peer.key(), waiter);

        Trickled trickled = result(peer.trickle(writing.parley));

        assertThat(seen.get(10, TimeUnit.SECONDS)).isEqualTo(trickled.seq());
        wait.leave();
    }

    /** Deletions until one is heard: that a waiter looks would prove nothing, since all look when listening begins. */
    private static void awaitHearing() {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            Peer peer = opened();
            var told = new CompletableFuture<Served<Event.Closed>>();
            Wait wait = Feeds.join(waiting.feed, peer.key(), new Hears(told));
            result(writing.parley.signaling().close(peer.key(), peer.token()));
            boolean heard = told.completeOnTimeout(null, 1, TimeUnit.SECONDS).join() != null;
            wait.leave();
            return heard;
        });
    }

    private static Peer opened() {
        Peer peer = Peer.inNoSession();
        result(peer.open(writing.parley));
        return peer;
    }

    /** Waits for the end of a session, and finds it ended whenever it looks. */
    private record Hears(CompletableFuture<Served<Event.Closed>> told) implements Waiter {
        private static final CompletionStage<?> DONE = CompletableFuture.completedStage(null);

        @Override
        public CompletionStage<Instant> look() {
            return CompletableFuture.failedStage(new SessionNotFound());
        }

        @Override
        public CompletionStage<?> closed(Served<Event.Closed> last) {
            told.complete(last);
            return DONE;
        }

        @Override
        public CompletionStage<?> gone() {
            return DONE;
        }

        @Override
        public CompletionStage<?> stop() {
            return DONE;
        }
    }
}
