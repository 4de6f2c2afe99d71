package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.TextNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The drain period: from the signal to stop on health checks fail, and until the end of the period requests are served. */
@Tag("slow")
class DrainIT {
    private static final String CODE = "a-session";
    private static final String TOKEN = "the-own-secret-of-an-offerer";
    private static final Duration DEADLINE = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    @Test
    void aDrainingNodeFailsHealthChecksAndServesRequests() {
        try (RunningParley parley = start("60s")) {
            parley.client().open(CODE, TOKEN, "an offer", List.of());
            parley.terminate();
            ServerReply health =
                    await().atMost(DEADLINE).until(() -> parley.client().health(), reply -> reply.status() != 200);

            assertThat(health.status()).isEqualTo(503);
            assertThat(health.json().required("error").textValue()).contains("stopping");
            assertThat(health.headers().firstValue("Retry-After")).isPresent();
            assertThat(health.headers().firstValue("Connection")).hasValue("close");
            assertThat(parley.operators().get("/q/health/ready").status()).isEqualTo(503);
            assertThat(parley.operators().get("/q/health/live").status()).isEqualTo(200);
            ServerReply added = parley.client().trickle(CODE, TOKEN, List.of(TextNode.valueOf("a candidate")));
            assertThat(added.status()).isEqualTo(201);
            assertThat(added.headers().firstValue("Connection")).hasValue("close");
            assertThat(parley.log()).contains("Draining for 60 s");
            assertThat(parley.isAlive()).isTrue();
            parley.kill();
        }
    }

    @Test
    void waitsEndWithTheDrainPeriod() {
        try (RunningParley parley = start("8s")) {
            long seq = parley.client().open(CODE, TOKEN, "an offer", List.of()).seq();
            String events = parley.uri() + "/api/v1/sessions/" + CODE + "/events?after=";
            CompletableFuture<HttpResponse<String>> stream =
                    send(HttpRequest.newBuilder(URI.create(events + 0)).header("Accept", "text/event-stream"));
            CompletableFuture<HttpResponse<String>> poll =
                    send(HttpRequest.newBuilder(URI.create(events + seq)).header("Prefer", "wait=30"));
            await().atMost(DEADLINE)
                    .until(() -> parley.operators().get("/q/metrics").text().contains("parley_waiters 2.0"));
            parley.terminate();
            await().atMost(DEADLINE).until(() -> parley.client().health().status() == 503);
            assertThat(stream).as("ended with the signal").isNotDone();
            assertThat(poll).as("ended with the signal").isNotDone();
            CompletableFuture<HttpResponse<String>> late =
                    send(HttpRequest.newBuilder(URI.create(events + seq)).header("Prefer", "wait=30"));

            assertThat(stream).succeedsWithin(DEADLINE).satisfies(reply -> {
                assertThat(reply.statusCode()).isEqualTo(200);
                assertThat(reply.body()).contains("an offer").endsWith(": stopping\n\n");
            });
            for (CompletableFuture<HttpResponse<String>> waiting : List.of(poll, late)) {
                assertThat(waiting).succeedsWithin(DEADLINE).satisfies(reply -> {
                    assertThat(reply.statusCode()).isEqualTo(200);
                    assertThat(reply.body()).contains("\"events\":[]");
                });
            }
            ProcessExit exit = parley.awaitExit();
            assertThat(exit.code()).isIn(0, 143);
            assertThat(exit.err()).contains("Stopped").doesNotContain("ERROR");
        }
    }

    private RunningParley start(String drain) {
        return ParleyJar.in(folder)
                .with("PARLEY_STORE_URL", "sqlite:parley.db")
                .with("PARLEY_HTTP_DRAIN", drain)
                .startingFast()
                .start();
    }

    private static CompletableFuture<HttpResponse<String>> send(HttpRequest.Builder request) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .sendAsync(request.build(), BodyHandlers.ofString());
    }
}
