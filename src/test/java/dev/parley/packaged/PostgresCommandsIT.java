package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.store.postgresql.PostgresCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on PostgreSQL, with the same jar and nothing but another {@code parley.store.url}. */
class PostgresCommandsIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void theCommandsWorkOnAPrimaryAndItsReplica() throws IOException {
        PostgresCluster cluster = PostgresCluster.shared();
        ParleyJar jar = ParleyJar.in(folder)
                .with("PARLEY_STORE_URL", cluster.primary().url())
                .with("PARLEY_STORE_REPLICAS", "copy@here=" + cluster.standby().url());

        assertThat(jar.run("migrate").out()).startsWith("Applied 001");
        assertThat(jar.run("seed").out()).contains("12 of them new");
        assertThat(jar.run("sweep")).isEqualTo(new ProcessExit(0, "{\"deleted\":0}" + System.lineSeparator(), ""));

        ProcessExit stats = jar.run("stats", "--json");
        assertThat(stats.code()).as("%s", stats).isZero();
        List<String> nodes = stats.out().lines().toList();
        assertThat(nodes).hasSize(2);
        for (String line : nodes) {
            JsonNode node = JSON.readTree(line);
            assertThat(node.required("live").longValue()).isEqualTo(12);
            assertThat(node.required("waiting").longValue()).isEqualTo(8);
            assertThat(node.required("topics").longValue()).isEqualTo(3);
        }

        ProcessExit csv = jar.run(
                "sql",
                "SELECT count(*), min(payload) LIKE 'v=0%' FROM conversation WHERE type = 'offer'",
                "--format=csv");
        assertThat(csv.out()).as("%s", csv).endsWith("12,true\r\n");

        ProcessExit doctor = jar.run("doctor");
        assertThat(doctor.code()).as("%s", doctor).isZero();
        assertThat(doctor.out()).contains("PostgreSQL", "follows the primary").doesNotContain("secret");
    }
}
