package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import dev.parley.store.postgresql.PostgresCluster;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: credentials and payloads are in no log and in no trace. Method: each secret is a unique word, all logs and traces are enabled,
 * and every call is made, both valid and invalid.
 */
@Tag("slow")
class CanaryIT {
    private static final String OFFER = "canary-of-the-offer";
    private static final String ANSWER = "canary-of-the-answer";
    private static final String CANDIDATE = "canary-of-a-candidate";
    private static final String OFFERER = "canary-of-the-offerers-token";
    private static final String ANSWERER = "canary-of-the-answerers-token";
    private static final String AUTHORIZATION = "canary-of-an-authorization";
    private static final String TURN_SECRET = "canary-of-the-turn-secret";
    private static final String STORE_PASSWORD = "canary-of-the-store-password";
    private static final String CODE = "canary-of-a-code";
    private static final String TOPIC = "canary-of-a-topic";
    private static final String QUERY = "canary-of-a-query";
    private static final String PEER = "canary-of-a-peer";
    private static final String CANARY = "canary";

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String CALLER = "b7ad6b7169203331";

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path folder;

    private Collector collector;

    @BeforeEach
    void collect() {
        collector = Collector.start();
    }

    @AfterEach
    void stop() {
        collector.close();
    }

    private ParleyJar loggingEverything() {
        return ParleyJar.in(folder)
                .with("QUARKUS_LOG_CATEGORY__DEV_PARLEY__LEVEL", "DEBUG")
                .with("PARLEY_LOG_ACCESS", "true")
                .with("PARLEY_LOG_SLOW", "1ms")
                .with("PARLEY_TRACES_ENDPOINT", collector.endpoint())
                .with("PARLEY_ICE_TURN", "turn:turn.example:3478")
                .with("PARLEY_ICE_TURN_SECRET", TURN_SECRET);
    }

    @Test
    void noSecretIsInALogOrATraceOfSqlite() {
        try (RunningParley parley = loggingEverything().start()) {
            callEverything(parley.uri());
            assertTracedWithoutSecrets(parley);
            assertThat(parley.log())
                    .contains(" POST /api/v1/sessions 201 ")
                    .contains(" PUT /api/v1/sessions/{code}/answer 201 ")
                    .contains(" GET /api/v1/sessions/{code} 404 ")
                    .contains(" POST /{topic}/offer 200 ");
        }
    }

    @Test
    void noSecretIsInALogOrATraceOfPostgresql() throws IOException {
        String url = PostgresCluster.shared()
                .primary()
                .url()
                .replaceFirst("//([^:@/]+)[^@]*@", "//$1:" + STORE_PASSWORD + "@");
        assertThat(url).contains(STORE_PASSWORD);
        ParleyJar jar = loggingEverything().with("PARLEY_STORE_URL", url).with("PARLEY_LOG_FORMAT", "json");

        try (RunningParley parley = jar.start()) {
            callEverything(parley.uri());
            assertTracedWithoutSecrets(parley);
            var json = new ObjectMapper();
            for (String line : parley.log().lines().toList()) {
                assertThat(json.readTree(line).path("message").isTextual())
                        .as(line)
                        .isTrue();
            }
            assertThat(parley.log()).contains("\"path\":\"/api/v1/sessions/{code}/answer\"", "\"status\":\"404\"");
        }
    }

    @Test
    void aRejectedStartLogsNoSecret() {
        ProcessExit refused = loggingEverything()
                .with("PARLEY_STORE_URL", "postgresql://parley:" + STORE_PASSWORD + "@127.0.0.1:1/parley")
                .run();

        assertThat(refused.code()).isEqualTo(69);
        assertThat(refused.err()).contains("parley.store.url").doesNotContain(CANARY);
    }

    private void assertTracedWithoutSecrets(RunningParley parley) {
        await().atMost(Duration.ofMinutes(2))
                .until(() -> collector.spans().stream()
                        .anyMatch(span -> span.getName().equals("DELETE /api/v1/sessions/{code}")));
        Span answer = span("PUT /api/v1/sessions/{code}/answer");
        assertThat(hex(answer.getTraceId())).isEqualTo(TRACE);
        assertThat(hex(answer.getParentSpanId())).isEqualTo(CALLER);
        assertThat(answer.getAttributesList()).extracting(KeyValue::getKey).contains("parley.node");
        assertThat(collector.sent()).doesNotContain(CANARY);
        assertThat(parley.log()).doesNotContain(CANARY);
        assertThat(parley.out()).doesNotContain(CANARY);
    }

    private Span span(String name) {
        List<Span> found = collector.spans().stream()
                .filter(span -> span.getName().equals(name))
                .toList();
        assertThat(found).isNotEmpty();
        return found.get(0);
    }

    private static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }

    private static void callEverything(URI parley) {
        String session = "/api/v1/sessions/" + CODE;
        String candidates = "{\"candidates\":[\"" + CANDIDATE + "\"]}";
        String offer = "{\"code\":\"" + CODE + "\",\"topic\":\"" + TOPIC + "\",\"peerId\":\"" + PEER + "\",\"offer\":\""
                + OFFER + "\",\"tags\":[\"" + QUERY + "\"]}";
        send(parley, "POST", "/api/v1/sessions", OFFERER, offer, 201);
        send(parley, "POST", "/api/v1/sessions", ANSWERER, offer, 409);
        send(parley, "POST", "/api/v1/sessions", OFFERER, "{\"" + OFFER + "\":\"" + OFFER, 400);
        send(parley, "GET", "/api/v1/sessions?topic=" + TOPIC + "&tag=" + QUERY, "", "", 200);
        send(parley, "GET", "/api/v1/sessions?cursor=" + QUERY, "", "", 400);
        send(parley, "GET", "/api/v1/topics?prefix=" + TOPIC, "", "", 200);
        send(parley, "GET", session, "", "", 200);
        send(parley, "GET", session + "-elsewhere", "", "", 404);
        send(parley, "GET", session + "/" + QUERY, "", "", 404);
        send(parley, "PUT", session + "/answer", ANSWERER, "{\"answer\":\"" + ANSWER + "\"}", 201);
        send(parley, "PUT", session + "/answer", ANSWERER + "-not", "{\"answer\":\"" + ANSWER + "\"}", 409);
        send(parley, "POST", session + "/candidates", ANSWERER, candidates, 201);
        send(parley, "POST", session + "/candidates", ANSWERER + "-not", candidates, 403);
        send(parley, "GET", session + "/events?after=0", "", "", 200);
        send(parley, "PUT", session + "/offer", OFFERER, "{\"offer\":\"" + OFFER + "-again\"}", 428);
        send(parley, "PATCH", session, OFFERER, "{\"ttl\":60}", 200);
        send(parley, "GET", "/api/v1/ice-servers", "", "", 200);
        send(
                parley,
                "POST",
                "/" + TOPIC + "/offer",
                "",
                "{\"peerId\":\"" + PEER + "\",\"offer\":\"" + OFFER + "\"}",
                200);
        send(parley, "GET", "/" + TOPIC + "/sessions", "", "", 200);
        send(parley, "POST", "/poll", "", "{\"code\":\"" + CODE + "-none\",\"side\":\"offerer\"}", 404);
        send(parley, "POST", "/qr", "", "https://parley.example/#code=" + CODE, 200);
        send(parley, "DELETE", session, OFFERER, "", 204);
    }

    private static void send(URI parley, String method, String path, String token, String body, int status) {
        HttpRequest.Builder request = HttpRequest.newBuilder(parley.resolve(path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .header("Origin", "https://canary.example")
                .header("Authorization", "Bearer " + AUTHORIZATION)
                .header("traceparent", "00-" + TRACE + "-" + CALLER + "-01");
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        if (!token.isEmpty()) {
            request.header("Session-Token", token);
        }
        try {
            var reply = HTTP.send(request.build(), BodyHandlers.ofString());
            assertThat(reply.statusCode())
                    .as(method + " " + path + ": " + reply.body())
                    .isEqualTo(status);
        } catch (IOException e) {
            throw new AssertionError(method + " " + path + " got no reply", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
