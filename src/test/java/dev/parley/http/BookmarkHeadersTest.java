package dev.parley.http;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.contract.PostgresProfile;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.net.URI;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Over several nodes, each reply has a bookmark and names the node that served it, whatever the request and its result. */
@QuarkusTest
@TestProfile(PostgresProfile.class)
@SuppressWarnings("NullAway.Init") // the framework fills the field
class BookmarkHeadersTest {
    private static final String FORGED = "2-" + "0".repeat(24) + "-" + "f".repeat(16);
    private static final String SESSIONS = "/api/v1/sessions";

    @TestHTTPResource(value = "/", management = true)
    URI operators;

    @Test
    void aForgedBookmarkIsResetByReadsWritesAndRefusals() {
        Stream.of(
                        open(UUID.randomUUID().toString(), FORGED),
                        request(FORGED).get(SESSIONS),
                        request(FORGED).get(SESSIONS + "/nobody"),
                        request(FORGED).get("/topics"))
                .forEach(reply -> {
                    assertThat(reply.header("x-bookmark-status"))
                            .as(what(reply))
                            .isEqualTo("reset");
                    assertThat(reply.header("x-d1-bookmark")).as(what(reply)).isNotEqualTo(FORGED);
                });
    }

    @Test
    void aRefusalIsAtLeastAsNewAsTheBookmarkOfItsRequest() {
        String bookmark = open(UUID.randomUUID().toString(), null).header("x-d1-bookmark");

        Response missed = request(bookmark).get(SESSIONS + "/nobody");

        assertThat(missed.header("x-d1-bookmark")).isGreaterThanOrEqualTo(bookmark);
        assertThat(missed.header("x-bookmark-status")).isNull();
    }

    @Test
    void unconstrainedReadsAreServedByAReplica() {
        await().untilAsserted(() -> {
            Response reply = request("first-unconstrained").get(SESSIONS);
            assertThat(reply.header("x-served-by")).isEqualTo("copy");
            assertThat(reply.header("x-served-by-primary")).isEqualTo("false");
        });
    }

    @Test
    void readinessReportsEachNode() {
        await().untilAsserted(() -> {
            String health = given().get(operators.resolve("/q/health/ready")).asString();
            assertThat(health)
                    .containsPattern("\"main\": *\"primary, up\"")
                    .containsPattern("\"copy\": *\"replica, up, \\d+ ms and \\d+ bytes behind\"");
        });
    }

    @Test
    void metricsReportWhichNodeServedReads() {
        request(null).get(SESSIONS);

        assertThat(given().get(operators.resolve("/q/metrics")).asString())
                .contains(
                        "parley_reads_total{node=\"main\"}",
                        "parley_reads_total{node=\"copy\"}",
                        "parley_read_fallbacks_total{reason=\"behind\"}",
                        "parley_bookmark_wait_seconds_bucket{le=\"0.25\"}",
                        "parley_replica_lag_seconds{node=\"copy\"}",
                        "parley_replica_lag_bytes{node=\"copy\"}");
    }

    @Test
    void managementEndpointsAreNotOnTheServicePort() {
        Stream.of("/q/health", "/q/health/live", "/q/health/ready", "/q/metrics")
                .forEach(path ->
                        assertThat(given().get(path).statusCode()).as(path).isEqualTo(404));
        Stream.of("/api/v1/sessions", "/topics", "/health", "/q/openapi")
                .forEach(path -> assertThat(given().get(operators.resolve(path)).statusCode())
                        .as(path)
                        .isEqualTo(404));
    }

    private static Response open(String code, @Nullable String bookmark) {
        return request(bookmark)
                .body("{\"code\":\"" + code + "\",\"topic\":\"t\",\"offer\":\"o\"}")
                .post(SESSIONS);
    }

    private static RequestSpecification request(@Nullable String bookmark) {
        RequestSpecification request = given().contentType(ContentType.JSON);
        return bookmark == null ? request : request.header("x-d1-bookmark", bookmark);
    }

    private static String what(Response reply) {
        return reply.statusCode() + " " + reply.asString();
    }
}
