package dev.parley.store.postgresql;

import static dev.parley.contract.Awaited.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.ReadFrom;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import dev.parley.store.StoreStatements;
import dev.parley.store.sql.SessionStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Goal: nodes that sweep at the same time delete each expired session once, and wait neither for one another nor for a writer. Method: two
 * sweepers at each of two nodes, concurrent writing peers, and a transaction that locks some of the expired sessions until the sweeps
 * have ended.
 */
@Tag("integration")
class SweepersTest {
    private static final int EXPIRED = 1_000;
    private static final int HELD = 5;
    private static final int BATCH = 10;
    private static final int PEERS = 3;

    private static final PostgresCluster cluster = PostgresCluster.shared();
    private static PostgresNode one;
    private static PostgresNode two;

    @BeforeAll
    static void start() {
        one = PostgresNode.over(cluster);
        two = PostgresNode.over(cluster);
    }

    @AfterAll
    static void stop() {
        two.close();
        one.close();
    }

    @BeforeEach
    void expire() {
        cluster.primary().ask("DELETE FROM sessions");
        cluster.primary().ask("""
                WITH expired AS (
                    INSERT INTO sessions (namespace, code, tags, generation, seq, answered, offer_candidates,
                                          answer_candidates, created_at, expires_at)
                    SELECT 'expired', n::TEXT, '', 1, 1, 0, 0, 0, 1, 1 FROM generate_series(1, %d) AS n
                    RETURNING id)
                INSERT INTO events (session_id, seq, generation, kind, payload)
                SELECT id, 1, 1, 1, 'offer'::BYTEA FROM expired""".formatted(EXPIRED));
    }

    @Test
    void sweepersShareTheWorkWithoutWaiting() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try (Connection holding = holding()) {
            var over = new CompletableFuture<Void>();
            var writers = new ArrayList<Future<?>>();
            for (int i = 0; i < PEERS; i++) {
                PostgresNode node = i % 2 == 0 ? one : two;
                writers.add(threads.submit(() -> openAndTrickle(node, over)));
            }
            var sweepers = new ArrayList<Future<Integer>>();
            for (PostgresNode node : List.of(one, two, one, two)) {
                sweepers.add(threads.submit(() -> sweepAll(node)));
            }
            int deleted = 0;
            for (Future<Integer> sweeper : sweepers) {
                deleted += sweeper.get();
            }
            over.complete(null);
            for (Future<?> writer : writers) {
                writer.get();
            }

            assertThat(deleted).isEqualTo(EXPIRED - HELD);
            holding.rollback();
            assertThat(sweepAll(one)).isEqualTo(HELD);
            assertThat(cluster.primary().ask("SELECT count(*) FROM sessions WHERE namespace = 'expired'"))
                    .isEqualTo("0");
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void withoutSkippingLockedRowsASweeperWouldWait() throws SQLException {
        Sql sweep = StoreStatements.named("sweep");
        String text = sweep.text();
        StoreStatements.replace(sweep, text.replace(Statements.SKIP_LOCKED, ""));
        try (Connection holding = holding();
                PostgresNode impatient = PostgresNode.over(cluster)) {
            assertThatThrownBy(() -> sweepAll(impatient)).isInstanceOf(StoreUnavailable.class);
            holding.rollback();
        } finally {
            StoreStatements.replace(sweep, text);
        }
    }

    /** A transaction that locks some of the expired sessions. */
    private static Connection holding() throws SQLException {
        Connection connection = cluster.primary().connect();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            int held = statement.executeUpdate(
                    "UPDATE sessions SET seq = seq WHERE namespace = 'expired' AND code::INTEGER <= " + HELD);
            assertThat(held).isEqualTo(HELD);
        }
        return connection;
    }

    /** Sweeps until nothing is left; returns the number of deleted sessions. */
    private static int sweepAll(PostgresNode node) {
        int all = 0;
        for (int deleted = sweep(node); deleted > 0; deleted = sweep(node)) {
            all += deleted;
        }
        return all;
    }

    private static int sweep(PostgresNode node) {
        Instant now = Instant.now();
        return result(node.database().write(tx -> SessionStore.sweep(tx, now, BATCH)));
    }

    private static void openAndTrickle(PostgresNode node, CompletableFuture<Void> over) {
        do {
            WritingPeer peer = WritingPeer.inNoSession();
            result(peer.open(node));
            result(peer.trickle(node));
            assertThat(result(peer.read(node, ReadFrom.PRIMARY)).seq()).isEqualTo(2);
        } while (!over.isDone());
    }
}
