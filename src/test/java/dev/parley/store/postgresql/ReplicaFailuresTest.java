package dev.parley.store.postgresql;

import static dev.parley.contract.Awaited.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.session.Session;
import dev.parley.session.Trickle.Trickled;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Goal: a replica that is killed, hangs, lags or is restarted makes no request fail. Method: peers that write and read continuously, half of
 * them with bookmarks, while a real standby is killed, frozen, paused in replay and restarted.
 */
@Tag("slow")
class ReplicaFailuresTest {
    private static final int PEERS = 4;
    private static final int READS_MIN = 50;
    private static final Duration LAG_MAX = Duration.ofSeconds(1);

    private static final PostgresCluster cluster = PostgresCluster.shared();
    private static PostgresNode parley;

    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger reads = new AtomicInteger();
    private final List<Thread> load = new ArrayList<>();

    @BeforeAll
    static void start() {
        parley = PostgresNode.over(cluster, LAG_MAX);
    }

    @AfterAll
    static void stop() {
        parley.close();
    }

    @BeforeEach
    void load() {
        await().until(parley::isWhole);
        for (int i = 0; i < PEERS; i++) {
            boolean carriesBookmarks = i % 2 == 0;
            Thread peer = new Thread(() -> openTrickleAndRead(carriesBookmarks));
            peer.start();
            load.add(peer);
        }
    }

    @AfterEach
    void noRequestFailed() throws InterruptedException {
        cluster.standby().resumeReplay();
        for (Thread peer : load) {
            peer.interrupt();
            peer.join();
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void aKilledReplicaIsOutOfServiceUntilItIsBack() {
        awaitReads();
        cluster.standby().kill();
        await().until(() -> !parley.replica().serving());
        awaitReads();
        cluster.standby().start();

        await().until(() -> parley.replica().serving());
        awaitReads();
    }

    @Test
    void aFrozenReplicaIsOutOfServiceUntilItContinues() {
        awaitReads();
        cluster.standby().freeze();
        await().until(() -> !parley.replica().serving());
        awaitReads();
        cluster.standby().thaw();

        await().until(() -> parley.replica().serving());
        awaitReads();
    }

    @Test
    void aLaggingReplicaServesNothingUntilItHasCaughtUp() {
        awaitReads();
        cluster.standby().pauseReplay();
        await().until(() -> parley.replica().state().equals("lagging"));
        awaitReads();
        assertThat(anyState().node().primary()).isTrue();
        cluster.standby().resumeReplay();

        await().until(() -> parley.replica().serving());
        awaitReads();
        assertThat(anyState().node().primary()).isFalse();
    }

    private static Served<Boolean> anyState() {
        return served(parley.signaling().checkReadable(ReadFrom.ANYWHERE));
    }

    private void awaitReads() {
        int before = reads.get();
        await().until(() -> reads.get() >= before + READS_MIN || !failures.isEmpty());
    }

    private void openTrickleAndRead(boolean carriesBookmarks) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                WritingPeer peer = WritingPeer.inNoSession();
                served(peer.open(parley));
                Served<Trickled> written = served(peer.trickle(parley));
                if (carriesBookmarks) {
                    Served<Session> read = served(peer.read(parley, new ReadFrom.AtLeast(written.bookmark())));
                    assertThat(read.result().seq()).isEqualTo(written.result().seq());
                } else {
                    anyState();
                }
                reads.incrementAndGet();
            }
        } catch (RuntimeException | AssertionError e) {
            failures.add(e);
        }
    }
}
