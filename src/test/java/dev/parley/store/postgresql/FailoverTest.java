package dev.parley.store.postgresql;

import static dev.parley.contract.Awaited.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.parley.session.Session;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.session.Trickle.Trickled;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.store.Statements.Sql;
import dev.parley.store.StoreStatements;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Goal: replies are correct while a primary is down and after a standby was promoted. Method: a real primary killed with
 * {@code kill -9}, a real standby promoted, and a Parley node that keeps running.
 */
@Tag("slow")
class FailoverTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** A second on an idle machine; without the refusal a call takes as long as the statement timeout, 5 s. */
    private static final Duration REFUSED_WITHIN = Duration.ofSeconds(4);

    private PostgresCluster cluster;
    private PostgresNode parley;

    @BeforeEach
    void start() {
        cluster = PostgresCluster.ofTwo();
        parley = PostgresNode.over(cluster);
        await().until(parley::isWhole);
    }

    @AfterEach
    void stop() {
        parley.close();
        cluster.close();
    }

    @Test
    void whileThePrimaryIsDownOnlyReadsOfAnyStateAreServed() {
        WritingPeer peer = WritingPeer.inNoSession();
        String bookmark = served(peer.open(parley)).bookmark();
        parley.awaitReplica(bookmark);
        cluster.primary().kill();

        assertThat(served(peer.read(parley, ReadFrom.ANYWHERE)).node().name()).isEqualTo("copy");
        assertRefusedWithinASecond(() -> served(peer.read(parley, ReadFrom.PRIMARY)));
        assertRefusedWithinASecond(() -> served(peer.trickle(parley)));
        // A replica that has reached the bookmark needs no primary.
        assertThat(served(peer.read(parley, new ReadFrom.AtLeast(bookmark))).reset())
                .isFalse();
    }

    @Test
    void aPrimaryThatHangsIsOutOfServiceWithinASecondAndBackWhenItContinues() throws Exception {
        WritingPeer peer = WritingPeer.inNoSession();
        String bookmark = served(peer.open(parley)).bookmark();
        parley.awaitReplica(bookmark);
        cluster.primary().freeze();
        long since = System.nanoTime();

        // Concurrently, and more of them than there are threads.
        var calls = new ArrayList<CompletionStage<?>>();
        for (int i = 0; i < 20; i++) {
            calls.add(peer.trickle(parley));
            calls.add(peer.read(parley, ReadFrom.PRIMARY));
            calls.add(parley.signaling().checkReadable(ReadFrom.PRIMARY));
        }
        assertThat(served(peer.read(parley, ReadFrom.ANYWHERE)).node().name()).isEqualTo("copy");
        for (CompletionStage<?> call : calls) {
            assertThat(call.toCompletableFuture())
                    .failsWithin(REFUSED_WITHIN)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(StoreUnavailable.class);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(REFUSED_WITHIN);
        assertRefusedWithinASecond(() -> served(peer.trickle(parley)));

        cluster.primary().thaw();
        await().ignoreException(StoreUnavailable.class).until(() -> served(peer.trickle(parley)) != null);
        // None of the refused calls has taken effect.
        assertThat(served(peer.read(parley, ReadFrom.PRIMARY)).result().seq()).isEqualTo(2);
    }

    @Test
    void aPromotedStandbyAcceptsWritesAndBookmarksOfLostCommitsAreReset() {
        WritingPeer peer = WritingPeer.inNoSession();
        served(peer.open(parley));
        Served<Trickled> replicated = served(peer.trickle(parley));
        await().until(() -> parley.replica().lagBytes() == 0);
        cluster.standby().stopReceiving();
        Served<Trickled> lost = served(peer.trickle(parley));
        cluster.primary().kill();
        long since = System.nanoTime();
        cluster.standby().promote();

        await().ignoreException(StoreUnavailable.class).until(() -> served(peer.trickle(parley)) != null);
        System.out.printf("Without writes for %d ms%n", (System.nanoTime() - since) / 1_000_000);
        Served<Session> afterLost = served(peer.read(parley, new ReadFrom.AtLeast(lost.bookmark())));
        assertThat(afterLost.reset()).isTrue();
        assertThat(afterLost.node().primary()).isTrue();
        assertThat(parley.replica().serving()).isFalse();
        Served<Session> afterKept = served(peer.read(parley, new ReadFrom.AtLeast(replicated.bookmark())));
        assertThat(afterKept.reset()).isFalse();
        assertThat(afterKept.result().seq()).isEqualTo(replicated.result().seq() + 1);
        assertThat(afterKept.bookmark()).isGreaterThan(lost.bookmark());
        await().until(() -> parley.replica().state().equals("promoted"));
    }

    @Test
    void aBookmarkOfALostCommitIsResetAfterTheNewPrimaryHasWrittenPastIt() {
        assertThat(isResetOncePassed()).isTrue();
    }

    /** A mutant: every timeline contains every position, so that positions alone decide. */
    @Test
    void withoutTimelinesTheLostBookmarkIsHonoredSoThisTestCanFail() {
        Sql sound = StoreStatements.of(TimelineHistory.class.getName(), "TIMELINES");
        String text = sound.text();
        StoreStatements.replace(sound, text.replace("began", Long.toString(Long.MAX_VALUE)));
        try {
            assertThat(isResetOncePassed()).isFalse();
        } finally {
            StoreStatements.replace(sound, text);
        }
    }

    /** Loses a write in a failover, has the new primary write past its position, and reads with the bookmark of it. */
    private boolean isResetOncePassed() {
        WritingPeer peer = WritingPeer.inNoSession();
        served(peer.open(parley));
        await().until(() -> parley.replica().lagBytes() == 0);
        cluster.standby().stopReceiving();
        String lost = served(peer.trickle(parley)).bookmark();
        String position = cluster.primary().ask("SELECT pg_current_wal_insert_lsn()");
        cluster.primary().kill();
        cluster.standby().promote();

        await().ignoreException(StoreUnavailable.class)
                .until(() -> served(peer.trickle(parley)) != null
                        && cluster.standby()
                                .ask("SELECT pg_current_wal_flush_lsn() > '" + position + "'")
                                .equals("t"));
        return served(peer.read(parley, new ReadFrom.AtLeast(lost))).reset();
    }

    @Test
    void aSynchronousStandbyHasEveryAcknowledgedWrite() {
        cluster.synchronous(true);
        var acknowledged = new ArrayList<WritingPeer>();
        Thread writer = new Thread(() -> {
            try {
                while (!Thread.interrupted()) {
                    WritingPeer peer = WritingPeer.inNoSession();
                    served(peer.open(parley));
                    acknowledged.add(peer);
                }
            } catch (RuntimeException e) {
                // the primary is down
            }
        });
        writer.start();
        await().until(() -> acknowledged.size() > 100);
        cluster.primary().kill();
        cluster.standby().promote();
        cluster.standby().ask("ALTER SYSTEM SET synchronous_standby_names = ''");
        cluster.standby().ask("SELECT pg_reload_conf()");
        await().until(() -> !writer.isAlive());

        await().ignoreException(StoreUnavailable.class)
                .until(() -> served(parley.signaling().checkReadable(ReadFrom.PRIMARY)) != null);
        List<WritingPeer> lost = acknowledged.stream().filter(this::isLost).toList();
        assertThat(lost).isEmpty();
    }

    @Test
    void afterAFailoverACommitOnOneNodeWakesAWaiterOnAnotherAgain() throws Exception {
        try (NotifyingNodes nodes = NotifyingNodes.over(cluster)) {
            nodes.awaitListening();
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

    private boolean isLost(WritingPeer peer) {
        try {
            served(peer.read(parley, ReadFrom.PRIMARY));
            return false;
        } catch (SessionNotFound e) {
            return true;
        }
    }

    private static void assertRefusedWithinASecond(ThrowingCallable call) {
        long since = System.nanoTime();
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreUnavailable.class,
                        refusal ->
                                assertThat(refusal.retryAfter().orElseThrow()).isGreaterThanOrEqualTo(SECOND));
        assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(REFUSED_WITHIN);
    }
}
