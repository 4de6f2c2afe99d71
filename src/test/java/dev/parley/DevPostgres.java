package dev.parley;

import dev.parley.store.postgresql.PostgresCluster;
import java.io.IOException;

/** Development mode over a throw-away PostgreSQL cluster, a primary and a standby: {@code ./mvnw -Pdev-postgresql test-compile exec:java}. */
public final class DevPostgres {
    private DevPostgres() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        try (var cluster = PostgresCluster.ofTwo()) {
            var maven = new ProcessBuilder("./mvnw", "quarkus:dev", "-Dquarkus.profile=dev-postgresql").inheritIO();
            maven.environment().put("PARLEY_STORE_URL", cluster.primary().url());
            maven.environment()
                    .put(
                            "PARLEY_STORE_REPLICAS",
                            "standby@local=" + cluster.standby().url());
            maven.start().waitFor();
        }
    }
}
