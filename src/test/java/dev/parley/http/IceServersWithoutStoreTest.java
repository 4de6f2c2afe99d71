package dev.parley.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.contract.PostgresProfile;
import dev.parley.store.postgresql.PostgresCluster;
import dev.parley.store.postgresql.PostgresServer;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The servers and their credentials are not in the store, so an outage of the database does not affect them. */
@Tag("integration")
@QuarkusTest
@TestProfile(PostgresProfile.class)
class IceServersWithoutStoreTest {
    private static final Duration DETECTION_MAX = Duration.ofSeconds(90);

    private final TestClient page = TestClient.ofNewOrigin();

    @Test
    void credentialsAreGrantedWhileThePrimaryIsDown() {
        String seen = page.get("/api/v1/topics").send().is(200).header("x-d1-bookmark");
        PostgresServer primary = PostgresCluster.shared().primary();
        primary.freeze();
        try {
            await().atMost(DETECTION_MAX)
                    .until(() -> page.get("/api/v1/topics").send().status() == 503);

            HttpReply reply = page.get("/api/v1/ice-servers").send().is(200);
            assertThat(reply.textAt("/iceServers/1/credential")).isNotBlank();
            assertThat(reply.header("x-d1-bookmark")).isGreaterThanOrEqualTo(seen);
            assertThat(reply.header("x-served-by")).isNotBlank();

            HttpReply later = page.get("/api/v1/ice-servers")
                    .header("x-d1-bookmark", seen)
                    .send()
                    .is(200);
            assertThat(later.header("x-d1-bookmark")).isGreaterThanOrEqualTo(seen);
            assertThat(later.hasHeader("x-bookmark-status")).isFalse();
        } finally {
            primary.thaw();
        }
        await().atMost(DETECTION_MAX)
                .until(() -> page.get("/api/v1/topics").send().status() == 200);
    }
}
