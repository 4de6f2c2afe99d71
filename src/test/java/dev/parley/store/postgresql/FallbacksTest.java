package dev.parley.store.postgresql;

import static dev.parley.contract.Awaited.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.session.Trickle.Trickled;
import dev.parley.store.Database.Work;
import dev.parley.store.Futures;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.store.Statements.Sql;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Goal: a read that a replica cannot serve is served by the primary, once, and counted under its reason. Method: a real standby
 * that is late, full, disconnected, hung, unreachable or delayed by replay at the moment of the read, and a primary that fails then.
 */
@Tag("integration")
class FallbacksTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Runs on a standby until replay needs the table, and ends at once on a primary. */
    private static final Sql CONFLICTING = new Sql(
            "conflicting", "SELECT count(*), pg_sleep(CASE WHEN pg_is_in_recovery() THEN 30 ELSE 0 END) FROM history");

    /** Ends its own connection on a primary, at each attempt. */
    private static final Sql LOSE_THE_PRIMARY =
            new Sql("lose-the-primary", "SELECT pg_is_in_recovery() OR pg_terminate_backend(pg_backend_pid())");

    private static final PostgresCluster cluster = PostgresCluster.shared();

    @Test
    void aReplicaBehindTheBookmarkIsAwaitedOnceAndThenSkipped() {
        try (PostgresNode parley = whole(PostgresNode.over(cluster, Duration.ofHours(1)))) {
            WritingPeer peer = WritingPeer.inNoSession();
            served(peer.open(parley));
            await().until(() -> parley.replica().lagBytes() == 0);
            cluster.standby().pauseReplay();
            try {
                Served<Trickled> written = served(peer.trickle(parley));
                for (int i = 1; i <= 5; i++) {
                    var from = new ReadFrom.AtLeast(written.bookmark());
                    assertThat(served(peer.read(parley, from)).node().primary()).isTrue();
                    assertThat(fallbacks(parley, "behind")).isEqualTo(i);
                }
                assertThat(parley.meters().timer("parley.bookmark.wait").count())
                        .as("reads that waited for a stalled replica")
                        .isEqualTo(1);
            } finally {
                cluster.standby().resumeReplay();
            }
        }
    }

    @Test
    void anUnreachableReplicaIsNotTried() {
        String unreachable = "copy@here=postgresql://parley:secret@127.0.0.1:1/"
                + cluster.primary().database();
        try (PostgresNode parley = PostgresNode.over(cluster.url(), unreachable)) {
            WritingPeer peer = WritingPeer.inNoSession();
            String bookmark = served(peer.open(parley)).bookmark();

            assertThat(served(peer.read(parley, ReadFrom.ANYWHERE)).node().primary())
                    .isTrue();
            assertThat(served(peer.read(parley, new ReadFrom.AtLeast(bookmark)))
                            .node()
                            .primary())
                    .isTrue();
            assertThat(fallbacks(parley, "none-in-service")).isEqualTo(2);
            assertThat(parley.replica().serving()).isFalse();
        }
    }

    @Test
    void aRefusalNamesTheNodeThatDecidedItAndIsCountedThere() {
        try (PostgresNode parley = whole(PostgresNode.over(cluster))) {
            WritingPeer nobody = WritingPeer.inNoSession();
            for (ReadFrom from : List.of(ReadFrom.ANYWHERE, ReadFrom.PRIMARY)) {
                String node = from == ReadFrom.ANYWHERE ? "copy" : "main";
                double before =
                        parley.meters().counter("parley.reads", "node", node).count();
                Throwable refusal = catchThrowable(
                        () -> nobody.read(parley, from).toCompletableFuture().join());
                assertThat(Futures.cause(refusal)).isInstanceOf(SessionNotFound.class);
                assertThat(Futures.decision(refusal))
                        .hasValueSatisfying(by -> assertThat(by.node().name()).isEqualTo(node));
                assertThat(parley.meters().counter("parley.reads", "node", node).count() - before)
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void anIdleConnectionThatBrokeCostsOneRetry() {
        try (PostgresNode parley = whole(PostgresNode.over(cluster))) {
            assertThat(parley.servedBy(ReadFrom.ANYWHERE).primary()).isFalse();
            // The oldest is the probe's, which would take the replica out of service first.
            assertThat(cluster.standby().ask("""
                            SELECT count(pg_terminate_backend(pid, 10000)) FROM (
                                SELECT pid FROM pg_stat_activity
                                WHERE datname = current_database() AND application_name = 'parley'
                                ORDER BY backend_start OFFSET 1) resting""")).isEqualTo("1");

            assertServedByPrimaryBecause("connection", parley);
            await().until(parley::isWhole);
        }
    }

    @Test
    void aStatementCancelledByReplayIsRunOnThePrimary() {
        cluster.standby().ask("ALTER SYSTEM SET max_standby_streaming_delay = 0");
        cluster.standby().ask("SELECT pg_reload_conf()");
        try (PostgresNode parley = whole(PostgresNode.over(cluster))) {
            var tries = new AtomicInteger();
            CompletionStage<Served<Boolean>> read = parley.database().read(ReadFrom.ANYWHERE, queries -> {
                tries.incrementAndGet();
                return queries.call(CONFLICTING).first(row -> row.getLong(1)) != null;
            });
            await().until(() -> cluster.standby().ask("""
                    SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event = 'PgSleep'""").equals("1"));
            cluster.primary().ask("BEGIN; LOCK TABLE history IN ACCESS EXCLUSIVE MODE; COMMIT");

            assertThat(served(read).node().primary()).isTrue();
            assertThat(tries).hasValue(2);
            assertThat(fallbacks(parley, "statement")).isEqualTo(1);
            assertThat(parley.isWhole()).as("the replica stays in service").isTrue();
            await("the conflict is counted")
                    .atMost(PATIENCE)
                    .until(() -> cluster.standby()
                            .ask("SELECT confl_lock FROM pg_stat_database_conflicts WHERE datname = current_database()")
                            .equals("1"));
        } finally {
            cluster.standby().ask("ALTER SYSTEM RESET max_standby_streaming_delay");
            cluster.standby().ask("SELECT pg_reload_conf()");
        }
    }

    @Test
    void aReplicaWithAFullQueueIsSkipped() {
        var over = new CountDownLatch(1);
        try (PostgresNode parley = whole(PostgresNode.busy(cluster, 1, 1))) {
            Work<Boolean> held = queries -> passes(over);
            CompletionStage<Served<Boolean>> running = parley.database().read(ReadFrom.ANYWHERE, held);
            CompletionStage<Served<Boolean>> waiting = parley.database().read(ReadFrom.ANYWHERE, held);

            assertServedByPrimaryBecause("busy", parley);
            over.countDown();
            assertThat(served(running).node().primary()).isFalse();
            assertThat(served(waiting).node().primary()).isFalse();
        } finally {
            over.countDown();
        }
    }

    @Test
    void aReplicaThatStopsAnsweringIsNotAwaited() {
        var over = new CountDownLatch(1);
        try (PostgresNode parley = whole(PostgresNode.over(cluster))) {
            var tries = new AtomicInteger();
            CompletionStage<Served<Boolean>> read =
                    parley.database().read(ReadFrom.ANYWHERE, queries -> tries.incrementAndGet() > 1 || passes(over));
            await().until(() -> tries.get() == 1);
            cluster.standby().freeze();

            assertThat(served(read).node().primary()).isTrue();
            assertThat(tries).hasValue(2);
            assertThat(fallbacks(parley, "silent")).isEqualTo(1);
            over.countDown();
        } finally {
            over.countDown();
            cluster.standby().thaw();
        }
    }

    @Test
    void aLaggingReplicaServesAnyStateIfThePrimaryFailsDuringTheRead() {
        try (PostgresNode parley = whole(PostgresNode.over(cluster, Duration.ofMillis(200)))) {
            WritingPeer peer = WritingPeer.inNoSession();
            served(peer.open(parley));
            await().until(() -> parley.replica().lagBytes() == 0);
            cluster.standby().pauseReplay();
            try {
                served(peer.trickle(parley));
                await().until(() -> parley.replica().state().equals("lagging"));
                var tries = new AtomicInteger();
                Served<Boolean> read = served(parley.database().read(ReadFrom.ANYWHERE, queries -> {
                    tries.incrementAndGet();
                    return queries.call(LOSE_THE_PRIMARY).first(row -> true) != null;
                }));

                assertThat(read.node().primary()).isFalse();
                assertThat(tries).as("twice at the primary, once here").hasValue(3);
            } finally {
                cluster.standby().resumeReplay();
            }
        }
    }

    /** One read of any state, which is tried on the replica first. */
    private static void assertServedByPrimaryBecause(String reason, PostgresNode parley) {
        double before = parley.meters().counter("parley.reads", "node", "main").count();

        assertThat(parley.servedBy(ReadFrom.ANYWHERE).primary()).isTrue();
        assertThat(fallbacks(parley, reason)).isEqualTo(1);
        assertThat(parley.meters().counter("parley.reads", "node", "main").count())
                .isEqualTo(before + 1);
    }

    private static double fallbacks(PostgresNode parley, String reason) {
        return parley.meters()
                .counter("parley.read.fallbacks", "reason", reason)
                .count();
    }

    private static PostgresNode whole(PostgresNode parley) {
        await().until(parley::isWhole);
        return parley;
    }

    private static boolean passes(CountDownLatch latch) {
        try {
            return latch.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
