package dev.parley.store.postgresql;

import static dev.parley.contract.Awaited.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * PostgreSQL's own counters of writes. A candidate changes no indexed column, so the new version of its session's row stays on its page
 * and no index is updated, and events are only inserted. (An answer, a new offer and another ttl do change indexed columns.)
 */
@Tag("integration")
class HotUpdatesTest {
    private static final int SESSIONS = 400;
    private static final int CANDIDATES = 10;
    private static final int PEERS_AT_ONCE = 8;
    private static final Duration COUNTED_WITHIN = Duration.ofMinutes(2);

    @Test
    void candidatesTouchNoIndexAndEventsAreOnlyInserted() throws Exception {
        try (var cluster = PostgresCluster.shared()) {
            try (PostgresNode parley = PostgresNode.over(cluster)) {
                trickleAtOnce(parley);
            }
            await().atMost(COUNTED_WITHIN)
                    .until(() -> counted(cluster, "sessions", "n_tup_upd") == (long) SESSIONS * CANDIDATES);

            long hot = counted(cluster, "sessions", "n_tup_hot_upd");
            System.out.printf("HOT updates: %d of %d%n", hot, SESSIONS * CANDIDATES);
            assertThat(hot).isGreaterThan((long) (0.9 * SESSIONS * CANDIDATES));
            assertThat(counted(cluster, "events", "n_tup_ins")).isEqualTo((long) SESSIONS * (1 + CANDIDATES));
            assertThat(counted(cluster, "events", "n_tup_upd + n_tup_del")).isZero();
        }
    }

    /** As peers do: the candidates of a session in turn, those of several sessions concurrently. */
    private static void trickleAtOnce(PostgresNode parley) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(PEERS_AT_ONCE);
        try {
            List<Future<?>> peers = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) {
                peers.add(threads.submit(() -> {
                    WritingPeer peer = WritingPeer.inNoSession();
                    result(peer.open(parley));
                    for (int candidate = 0; candidate < CANDIDATES; candidate++) {
                        result(peer.trickle(parley));
                    }
                }));
            }
            for (Future<?> peer : peers) {
                peer.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static long counted(PostgresCluster cluster, String table, String what) {
        return Long.parseLong(
                cluster.primary().ask("SELECT " + what + " FROM pg_stat_user_tables WHERE relname = '" + table + "'"));
    }
}
