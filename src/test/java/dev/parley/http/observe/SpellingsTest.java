package dev.parley.http.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.LogCapture;
import dev.parley.http.HttpReply;
import dev.parley.http.LimitsProfile;
import dev.parley.http.RawConnection;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests are recorded by their endpoint, however their path is spelled. */
@Tag("integration")
@QuarkusTest
@TestProfile(LimitsProfile.class)
class SpellingsTest {
    @ParameterizedTest
    @CsvSource({
        "GET,  /api/v1/topics,                       native,      /api/v1/topics,     2xx",
        "GET,  /q/../api/v1/topics,                  native,      /api/v1/topics,     2xx",
        "GET,  /q/%2e%2E/api/v1/topics,              native,      /api/v1/topics,     2xx",
        "GET,  /q/openapi/../../api/v1/topics,       native,      /api/v1/topics,     2xx",
        "GET,  /q/./.././api/v1/sessions/no-such,    native,      '/api/v1/sessions/{code}', 4xx",
        "GET,  http://x/q/../api/v1/topics,          native,      /api/v1/topics,     2xx",
        "GET,  /q/sessions,                          compatible,  '/{topic}/sessions', 2xx",
        "GET,  /q/../q/sessions,                     compatible,  '/{topic}/sessions', 2xx",
        "POST, /q/offer,                             compatible,  '/{topic}/offer',   4xx",
        "GET,  /tea;green/sessions,                  compatible,  '/{topic}/sessions', 2xx",
        "GET,  /q/../topics,                         compatible,  /topics,            2xx",
        "GET,  /q/nothing,                           compatible,  other,              4xx",
        "OPTIONS, /q/../topics,                      compatible,  other,              2xx",
        "TRACE,   /q/nothing,                        compatible,  other,              4xx",
        "GET,  /q/%zz,                               compatible,  other,              4xx",
        "GET,  /q/..%,                               compatible,  other,              4xx",
        "GET,  /q/%c0%ae%c0%ae/api/v1/topics,        compatible,  other,              4xx"
    })
    void requestsAreRecordedByEndpoint(String method, String path, String api, String pattern, String status)
            throws IOException {
        String[] labels = {"api=\"" + api + "\"", "path=\"" + pattern + "\"", "status=\"" + status + "\""};
        Scrape before = Scrape.now();
        try (LogCapture log = LogCapture.at("dev.parley.access")) {
            HttpReply reply = reply(method, path);

            assertThat(reply.status() / 100 + "xx").isEqualTo(status);
            assertThat(reply.hasHeader("x-d1-bookmark")).isTrue();
            String line = " " + method + " " + pattern + " " + reply.status() + " ";
            await().until(() -> log.messages().stream().anyMatch(logged -> logged.contains(line)));
            assertThat(log.messages())
                    .filteredOn(logged -> logged.contains(line))
                    .hasSize(1);
        }
        assertThat(Scrape.now().sum("parley_requests_total", labels) - before.sum("parley_requests_total", labels))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/q/../api/v1/nothing", "/q/%2e%2e/api/v1/sessions/no-such"})
    void refusalsHaveTheFormOfTheCalledApi(String path) throws IOException {
        assertThat(reply("GET", path).is(404).mediaType()).isEqualTo("application/problem+json");
        assertThat(reply("GET", "/api/v1/../.." + path.replaceFirst("/api/v1/", "/api/v2/"))
                        .is(404)
                        .mediaType())
                .isEqualTo("application/json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/q/openapi",
                "/topics/../q/openapi",
                "/%71/openapi",
                "/q/swagger-ui/",
                "/q/swagger-ui/index.html"
            })
    void theDocumentIsNotRecorded(String path) throws IOException {
        assertThat(reply("GET", path).hasHeader("x-d1-bookmark")).isFalse();
    }

    @Test
    void invalidPathsAreRejected() throws IOException {
        for (String path :
                new String[] {"/q/%", "/q/%2", "/q/%zz", "/q/%ff", "/q/../%zz", "/%71/%c0%af", "/q/\u00e9"}) {
            reply("GET", path).isError(400);
        }
    }

    @Test
    void thePageAtTheRootIsRecordedOnce() throws IOException {
        Scrape before = Scrape.now();
        try (LogCapture log = LogCapture.at("dev.parley.access")) {
            assertThat(reply("GET", "/", "Accept: text/html\r\n").is(200).mediaType())
                    .isEqualTo("text/html");
            assertThat(reply("GET", "/topics").is(200).mediaType()).isEqualTo("application/json");

            await().until(() -> log.messages().stream().anyMatch(line -> line.contains(" GET /topics 200 ")));
            assertThat(log.messages()).hasSize(2).first().asString().contains(" GET other 200 ");
        }
        assertThat(Scrape.now().sum("parley_requests_total") - before.sum("parley_requests_total"))
                .isEqualTo(2);
    }

    private static HttpReply reply(String method, String path) throws IOException {
        return reply(method, path, "");
    }

    private static HttpReply reply(String method, String path, String header) throws IOException {
        try (var connection = new RawConnection()) {
            return connection
                    .send(method + " " + path + " HTTP/1.1\r\nHost: x\r\n" + header
                            + "Content-Length: 0\r\nConnection: close\r\n\r\n")
                    .receive(false)
                    .orElseThrow();
        }
    }
}
