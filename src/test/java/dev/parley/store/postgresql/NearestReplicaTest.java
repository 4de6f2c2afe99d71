package dev.parley.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.store.Node.NodeState;
import dev.parley.store.ReadFrom;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Which of several replicas a read goes to. One standby serves as all replicas that can be reached, since names and regions decide.
 */
@Tag("integration")
class NearestReplicaTest {
    private static final int READS = 30;

    private static final PostgresCluster cluster = PostgresCluster.shared();

    @Test
    void replicasOfTheOwnRegionServeInTurn() {
        try (PostgresNode parley = PostgresNode.over(
                cluster.url(), there("far@away") + "," + there("one@here") + "," + there("other@here"))) {
            await().until(parley::isWhole);

            assertThat(readsByNode(parley)).isEqualTo(Map.of("one", READS / 2, "other", READS / 2));
        }
    }

    @Test
    void aFarReplicaServesWhenTheNearOnesCannotBeReached() {
        try (PostgresNode parley = PostgresNode.over(cluster.url(), there("far@away") + "," + nowhere("one@here"))) {
            await().until(() -> parley.database().nodes().stream()
                            .filter(NodeState::serving)
                            .count()
                    == 2);

            assertThat(readsByNode(parley)).isEqualTo(Map.of("far", READS));
        }
    }

    private static Map<String, Integer> readsByNode(PostgresNode parley) {
        var reads = new TreeMap<String, Integer>();
        for (int i = 0; i < READS; i++) {
            String node = parley.servedBy(ReadFrom.ANYWHERE).name();
            reads.merge(node, 1, Integer::sum);
        }
        return reads;
    }

    private static String there(String replica) {
        return replica + "=" + cluster.standby().url();
    }

    private static String nowhere(String replica) {
        return replica + "=postgresql://parley:secret@127.0.0.1:1/"
                + cluster.primary().database();
    }
}
