package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Health and readiness of the packaged service while servers of PostgreSQL are down. What it then serves is tested without HTTP. */
@Tag("slow")
class FailoverIT {
    @TempDir
    Path folder;

    @Test
    void aNodeIsReadyWhileAnyDatabaseNodeServesReads() {
        try (TwoPackagedNodes nodes = TwoPackagedNodes.in(folder)) {
            ParleyClient one = nodes.one().client();
            ParleyClient operators = nodes.one().operators();
            assertThat(operators.get("/q/health/ready").text()).contains("reads and writes");

            nodes.cluster().primary().kill();
            await().untilAsserted(() ->
                    assertThat(operators.get("/q/health/ready").text()).contains("reads only"));
            assertThat(operators.get("/q/health/ready").status()).isEqualTo(200);
            assertThat(operators.get("/q/health/started").status()).isEqualTo(200);
            assertThat(one.health().status()).isEqualTo(200);
            assertThat(TwoPackagedNodes.isByPrimary(one.health())).isFalse();
            assertThat(one.getSince("first-primary", "/health").status()).isEqualTo(503);
            assertThat(one.getSince("first-unconstrained", "/api/v1/topics").status())
                    .isEqualTo(200);

            nodes.cluster().standby().kill();
            await().until(() -> one.health().status() == 503);
            assertThat(operators.get("/q/health/ready").status()).isEqualTo(503);
            assertThat(operators.get("/q/health/live").status()).isEqualTo(200);

            nodes.cluster().primary().start();
            await().until(() -> one.health().status() == 200);
            assertThat(operators.get("/q/health/ready").text()).contains("reads and writes");
        }
    }
}
