package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encoders whose service stops, is killed, or has a second node. */
@Tag("slow")
class WhipRestartIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String TOPIC = "stage";
    private static final String OFFER = """
            v=0\r
            o=- 1 2 IN IP4 127.0.0.1\r
            s=-\r
            t=0 0\r
            a=ice-ufrag:EsAw\r
            a=ice-pwd:bP+XJMM09aR8AiX1jdukzR6Y\r
            m=audio 9 UDP/TLS/RTP/SAVPF 111\r
            a=mid:0\r
            a=sendonly\r
            """;
    private static final String FRAGMENT = """
            m=audio 9 UDP/TLS/RTP/SAVPF 0\r
            a=mid:0\r
            a=candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host\r
            """;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path folder;

    @Test
    void aStopIsRepliedToAndLeavesNoSession() {
        ParleyJar jar = ParleyJar.in(folder).with("PARLEY_WHIP_WAIT", "30s");
        try (RunningParley parley = jar.start()) {
            CompletableFuture<HttpResponse<String>> offered = offer(parley);
            awaitCode(parley);
            parley.terminate();

            HttpResponse<String> reply = result(offered);
            assertThat(reply.statusCode()).isEqualTo(503);
            assertThat(reply.headers().firstValue("Retry-After")).isPresent();
            parley.awaitExit();
        }
        try (RunningParley parley = jar.start()) {
            assertThat(listed(parley)).isEmpty();
        }
    }

    @Test
    void aSessionOfAKilledServiceEndsByItselfAndTheEncoderRepeatsItsOffer() {
        ParleyJar jar = ParleyJar.in(folder).with("PARLEY_WHIP_WAIT", "6s");
        try (RunningParley parley = jar.start()) {
            CompletableFuture<HttpResponse<String>> offered = offer(parley);
            awaitCode(parley);
            parley.kill();
            assertThat(offered).failsWithin(PATIENCE);
        }
        try (RunningParley parley = jar.start()) {
            await().atMost(PATIENCE).until(() -> listed(parley).isEmpty());
            CompletableFuture<HttpResponse<String>> repeated = offer(parley);
            answer(parley, awaitCode(parley));
            assertThat(result(repeated).statusCode()).isEqualTo(201);
        }
    }

    @Test
    void theAnswerAndTheCandidatesReachAnotherNode() {
        try (TwoPackagedNodes nodes = TwoPackagedNodes.in(folder)) {
            CompletableFuture<HttpResponse<String>> offered = offer(nodes.one());
            String code = awaitCode(nodes.two());
            answer(nodes.two(), code);
            HttpResponse<String> reply = result(offered);
            assertThat(reply.statusCode()).as(reply.body()).isEqualTo(201);
            assertThat(reply.body()).isEqualTo("the answer");
            String location = reply.headers().firstValue("Location").orElseThrow();

            assertThat(send(nodes.two(), "PATCH", location, FRAGMENT).statusCode())
                    .isEqualTo(204);
            JsonNode events = nodes.one()
                    .client()
                    .get("/api/v1/sessions/" + code + "/events")
                    .json()
                    .path("events");
            assertThat(events).hasSize(3);
            assertThat(send(nodes.one(), "DELETE", location, null).statusCode()).isEqualTo(200);
            assertThat(send(nodes.two(), "DELETE", location, null).statusCode()).isEqualTo(404);
        }
    }

    private CompletableFuture<HttpResponse<String>> offer(RunningParley parley) {
        return http.sendAsync(
                HttpRequest.newBuilder(parley.uri().resolve("/whip/" + TOPIC))
                        .header("Content-Type", "application/sdp")
                        .POST(BodyPublishers.ofString(OFFER))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> send(RunningParley parley, String method, String location, @Nullable String body) {
        URI url = parley.uri().resolve(location);
        try {
            return http.send(
                    HttpRequest.newBuilder(url)
                            .header("Content-Type", "application/trickle-ice-sdpfrag")
                            .header("If-Match", "*")
                            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                            .build(),
                    BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(method + " got no reply", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static HttpResponse<String> result(CompletableFuture<HttpResponse<String>> reply) {
        return reply.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    private static String awaitCode(RunningParley parley) {
        await().atMost(PATIENCE).until(() -> !listed(parley).isEmpty());
        return listed(parley).get(0).path("code").textValue();
    }

    private static JsonNode listed(RunningParley parley) {
        return parley.client()
                .get("/api/v1/sessions?topic=" + TOPIC + "&tag=whip")
                .json()
                .path("items");
    }

    private static void answer(RunningParley parley, String code) {
        ServerReply reply = parley.client()
                .send(
                        "PUT",
                        "/api/v1/sessions/" + code + "/answer",
                        "the-token-of-a-page-that-plays",
                        JsonNodeFactory.instance.objectNode().put("answer", "the answer"));
        assertThat(reply.status()).isEqualTo(201);
    }
}
