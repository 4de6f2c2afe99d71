package dev.parley.store.postgresql;

import static dev.parley.contract.Awaited.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.parley.session.Session;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.session.Trickle.Trickled;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A node whose connections to the primary are all in use refuses calls beyond its queue at once, and so it does when the server accepts
 * no more connections.
 */
@Tag("slow")
class BusyPrimaryTest {
    @Test
    void aCallBeyondConnectionsAndQueueIsRefusedAndEarlierOnesAreServed() throws Exception {
        try (var cluster = PostgresCluster.shared();
                PostgresNode parley = PostgresNode.busy(cluster, 1, 1)) {
            await().until(parley::isWhole);
            WritingPeer peer = WritingPeer.inNoSession();
            served(peer.open(parley));
            CompletionStage<Served<Trickled>> running;
            CompletionStage<Served<Trickled>> waiting;
            try (Connection holding = holding(cluster, peer)) {
                running = peer.trickle(parley);
                await().until(() -> waitsForALock(cluster));
                waiting = peer.trickle(parley);

                assertRefused(peer.trickle(parley));
                assertRefused(peer.read(parley, ReadFrom.PRIMARY));
                assertThat(parley.servedBy(ReadFrom.ANYWHERE).name()).isEqualTo("copy");
                holding.rollback();
            }
            assertThat(served(running).result().seq()).isEqualTo(2);
            assertThat(served(waiting).result().seq()).isEqualTo(3);
        }
    }

    @Test
    void aCallForWhichTheServerHasNoConnectionIsRefusedAndOthersAreServed() throws Exception {
        try (var cluster = PostgresCluster.shared();
                PostgresNode parley = PostgresNode.busy(cluster, 2, 40)) {
            await().until(parley::isWhole);
            WritingPeer peer = WritingPeer.inNoSession();
            served(peer.open(parley));
            refuseConnections(cluster); // of those that are there one is the probe's, and one is for calls
            try (Connection holding = holding(cluster, peer)) {
                CompletionStage<Served<Trickled>> running = peer.trickle(parley);
                await().until(() -> waitsForALock(cluster));

                var reads = new ArrayList<CompletionStage<Served<Session>>>();
                for (int i = 0; i < 40; i++) {
                    reads.add(peer.read(parley, ReadFrom.PRIMARY));
                }
                for (CompletionStage<Served<Session>> read : reads) {
                    // Not "cannot be reached", which would refuse all calls.
                    assertThatThrownBy(() -> served(read)).isInstanceOfSatisfying(StoreUnavailable.class, refusal -> {
                        assertThat(refusal.detail()).contains("no more connections");
                        assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(1));
                    });
                }
                holding.rollback();
                assertThat(served(running).result().seq()).isEqualTo(2);
            }
            assertThat(served(peer.read(parley, ReadFrom.PRIMARY)).result().seq())
                    .isEqualTo(2);
        }
    }

    /** The test's database accepts no more connections, except from superusers. */
    private static void refuseConnections(PostgresCluster cluster) {
        cluster.primary().ask("ALTER DATABASE " + cluster.primary().database() + " CONNECTION LIMIT 0");
    }

    private static void assertRefused(CompletionStage<?> call) {
        assertThatThrownBy(() -> call.toCompletableFuture().getNow(null))
                .cause()
                .isInstanceOfSatisfying(
                        StoreUnavailable.class,
                        refusal -> assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(1)));
    }

    /** A transaction that locks the peer's session. */
    private static Connection holding(PostgresCluster cluster, WritingPeer peer) throws SQLException {
        Connection connection = cluster.primary().connect();
        connection.setAutoCommit(false);
        try (PreparedStatement lock = connection.prepareStatement("SELECT 1 FROM sessions WHERE code = ? FOR UPDATE")) {
            lock.setString(1, peer.key().code().text());
            lock.execute();
        }
        return connection;
    }

    private static boolean waitsForALock(PostgresCluster cluster) {
        return cluster.primary().ask("""
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND application_name = 'parley' AND wait_event_type = 'Lock'""").equals("1");
    }
}
