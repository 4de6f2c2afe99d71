package dev.parley.store.postgresql;

import static dev.parley.contract.Awaited.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.TestSeed;
import dev.parley.session.Session;
import dev.parley.session.Trickle.Trickled;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Goal: reads with bookmarks are fresh although replicas are late. Method: a real standby whose replay is paused, and two Parley nodes;
 * the number of events shows whether a read was stale.
 */
@Tag("integration")
class FreshReadsTest {
    private static final int PEERS = 100;
    private static final int PROBES = 5_000;
    private static final int HISTORIES = 2_000;
    private static final int READERS = 8;
    private static final int READS_OF_A_HISTORY = 5;

    /** The late replica stays in service, so that only bookmarks keep reads fresh. */
    private static final Duration ANY_LAG = Duration.ofHours(1);

    private static final PostgresCluster cluster = PostgresCluster.shared();
    private static PostgresNode one;
    private static PostgresNode two;

    @BeforeAll
    static void start() {
        one = PostgresNode.over(cluster, ANY_LAG);
        two = PostgresNode.over(cluster, ANY_LAG);
        await().until(() -> one.isWhole() && two.isWhole());
    }

    @AfterAll
    static void stop() {
        two.close();
        one.close();
    }

    @AfterEach
    void resumeReplay() {
        cluster.standby().resumeReplay();
        await().until(() -> one.isWhole() && two.isWhole());
    }

    @Test
    void readsWithABookmarkAreFreshWhileReplayIsPaused() {
        List<WritingPeer> peers = peers();
        cluster.standby().pauseReplay();

        var nanos = new AtomicLongArray(PROBES);
        long waits = waits();
        int stale = probes(peers, nanos, written -> new ReadFrom.AtLeast(written.bookmark()));
        waits = waits() - waits;

        assertThat(stale).isZero();
        assertThat(waits)
                .as("only reads that arrive before the first wait has timed out wait for a stalled replica")
                .isBetween(1L, (long) PEERS);
        long[] sorted =
                IntStream.range(0, PROBES).mapToLong(nanos::get).sorted().toArray();
        System.out.printf(
                "While replay was paused 0 of %d reads with a bookmark were stale and %d waited; median %d ms, p99 %d ms,"
                        + " longest %d ms%n",
                PROBES,
                waits,
                sorted[PROBES / 2] / 1_000_000,
                sorted[PROBES * 99 / 100] / 1_000_000,
                sorted[PROBES - 1] / 1_000_000);
    }

    @Test
    void withoutABookmarkTheSameReadsAreStale() {
        List<WritingPeer> peers = peers();
        cluster.standby().pauseReplay();

        int stale = probes(peers, new AtomicLongArray(PROBES), written -> ReadFrom.ANYWHERE);

        assertThat(stale).isPositive();
        System.out.printf("While replay was paused %d of %d reads without a bookmark were stale%n", stale, PROBES);
    }

    @Test
    void aWriteThroughOneNodeIsVisibleThroughTheOther() {
        List<WritingPeer> peers = peers();

        for (int round = 0; round < 10; round++) {
            for (WritingPeer peer : peers.subList(0, 20)) {
                Served<Trickled> written = served(peer.trickle(one));
                Served<Session> read = served(peer.read(two, new ReadFrom.AtLeast(written.bookmark())));

                assertThat(read.result().seq())
                        .isGreaterThanOrEqualTo(written.result().seq());
                assertThat(read.bookmark()).isGreaterThanOrEqualTo(written.bookmark());
                assertThat(read.reset()).isFalse();
            }
        }
        assertThat(two.meters().counter("parley.reads", "node", "copy").count()).isPositive();
    }

    @Test
    void readsOverRandomNodesNeverGoBack() throws Exception {
        assertThat(goingBack(HISTORIES, read -> new ReadFrom.AtLeast(read.bookmark())))
                .isZero();
    }

    @Test
    void withoutABookmarkTheSameReadsGoBack() throws Exception {
        int times = 0;
        for (int histories = 0; times == 0 && histories < HISTORIES; histories += HISTORIES / 10) {
            times = goingBack(HISTORIES / 10, read -> ReadFrom.ANYWHERE);
        }

        assertThat(times).isPositive();
    }

    /**
     * How often a read showed less than the one before. Each history begins on the primary or anywhere and continues with the
     * position that {@code how} takes from a reply. Meanwhile the sessions grow, and the replica follows intermittently.
     */
    private static int goingBack(int histories, Function<Served<Session>, ReadFrom> how) throws Exception {
        var seed = TestSeed.of(FreshReadsTest.class);
        List<WritingPeer> peers = peers();
        var over = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(READERS + 2);
        try {
            Future<?> writer = threads.submit(() -> write(seed.random(), peers, over));
            Future<?> pauser = threads.submit(() -> {
                while (!over.get()) {
                    cluster.standby().pauseReplay();
                    cluster.standby().resumeReplay();
                }
            });
            var readers = new ArrayList<Future<Integer>>();
            for (int reader = 0; reader < READERS; reader++) {
                Random random = seed.round(reader + 1).random();
                readers.add(threads.submit(() -> goingBack(random, peers, histories / READERS, how)));
            }
            int times = 0;
            for (Future<Integer> reader : readers) {
                times += reader.get();
            }
            over.set(true);
            writer.get();
            pauser.get();
            return times;
        } finally {
            over.set(true);
            threads.shutdownNow();
        }
    }

    /** Through either server, to each session as often as the limit of candidates allows. */
    private static void write(Random random, List<WritingPeer> peers, AtomicBoolean over) {
        var left = new int[peers.size()];
        Arrays.fill(left, PostgresNode.LIMITS.candidatesPerSideMax());
        while (!over.get()) {
            int peer = random.nextInt(peers.size());
            if (left[peer]-- > 0) {
                served(peers.get(peer).trickle(random.nextBoolean() ? one : two));
            }
        }
    }

    private static int goingBack(
            Random random, List<WritingPeer> peers, int histories, Function<Served<Session>, ReadFrom> how) {
        int times = 0;
        for (int history = 0; history < histories; history++) {
            WritingPeer peer = peers.get(random.nextInt(peers.size()));
            ReadFrom from = random.nextBoolean() ? ReadFrom.PRIMARY : ReadFrom.ANYWHERE;
            long seen = 0;
            for (int i = 0; i < READS_OF_A_HISTORY; i++) {
                Served<Session> read = served(peer.read(random.nextBoolean() ? one : two, from));
                if (read.result().seq() < seen) {
                    times++;
                }
                seen = read.result().seq();
                from = how.apply(read);
            }
        }
        return times;
    }

    /** Sessions that the replica shows. */
    private static List<WritingPeer> peers() {
        var peers = new ArrayList<WritingPeer>();
        for (int i = 0; i < PEERS; i++) {
            WritingPeer peer = WritingPeer.inNoSession();
            served(peer.open(one));
            peers.add(peer);
        }
        Served<Session> last = served(peers.get(PEERS - 1).read(one, ReadFrom.PRIMARY));
        one.awaitReplica(last.bookmark());
        return peers;
    }

    private static long waits() {
        return two.meters().timer("parley.bookmark.wait").count();
    }

    /** Each peer writes through one node and then reads through the other, all concurrently; returns the number of stale reads. */
    private static int probes(
            List<WritingPeer> peers, AtomicLongArray nanos, Function<Served<Trickled>, ReadFrom> how) {
        var stale = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(peers.size());
        try {
            var running = new ArrayList<Future<?>>();
            for (int i = 0; i < peers.size(); i++) {
                int first = i;
                running.add(threads.submit(() -> {
                    for (int probe = first; probe < PROBES; probe += peers.size()) {
                        Served<Trickled> written = served(peers.get(first).trickle(one));
                        long since = System.nanoTime();
                        Served<Session> read = served(peers.get(first).read(two, how.apply(written)));
                        nanos.set(probe, System.nanoTime() - since);
                        if (read.result().seq() < written.result().seq()) {
                            stale.incrementAndGet();
                        }
                    }
                }));
            }
            for (Future<?> peer : running) {
                peer.get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        } finally {
            threads.shutdownNow();
        }
        return stale.get();
    }
}
