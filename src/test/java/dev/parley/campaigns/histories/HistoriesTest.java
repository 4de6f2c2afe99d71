package dev.parley.campaigns.histories;

import dev.parley.CampaignSize;
import dev.parley.TestSeed;
import dev.parley.store.postgresql.PostgresCluster;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Concurrent calls to a session are linearizable. */
@Tag("campaign")
class HistoriesTest {
    private static final int ON_SQLITE = CampaignSize.of("parley.histories", 3_000);
    private static final int ON_POSTGRES = CampaignSize.of("parley.histories.postgres", ON_SQLITE / 6);

    @TempDir
    Path folder;

    @Test
    void onSqliteEverySessionIsLinearizable() throws SQLException {
        try (Environment environment = InProcessEnvironments.sqlite(folder, Mutant.Fault.NONE)) {
            holds("on SQLite", environment, ON_SQLITE, 24);
        }
    }

    @Test
    void onTwoNodesWithALaggingPostgresReplicaEverySessionIsLinearizable() {
        try (PostgresCluster cluster = PostgresCluster.shared();
                Environment environment = InProcessEnvironments.postgres(cluster, true, Mutant.Fault.NONE)) {
            holds("on PostgreSQL with a lagging replica over two nodes", environment, ON_POSTGRES, 12);
        }
    }

    private static void holds(String where, Environment environment, int histories, int atOnce) {
        HistoryCampaign.assertHolds(where, environment, TestSeed.of(HistoriesTest.class), histories, atOnce);
    }
}
