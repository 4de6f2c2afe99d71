package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stop by SIGTERM, with and without a drain period: it is quick, accepted requests are completed, and waiting ones are answered. */
@Tag("slow")
class StopIT {
    /** Much longer than a stop takes on an idle machine, and shorter than any wait that could delay it. */
    private static final Duration STOP_MAX = Duration.ofSeconds(20);

    private static final Duration DEADLINE = Duration.ofMinutes(1);
    private static final int SILENCE_MAX_MILLIS = 120_000;
    private static final String CODE = "a-session";
    private static final String TOKEN = "the-own-secret-of-an-offerer";

    @TempDir
    Path folder;

    @Test
    void aStopUnderLoadFinishesAcceptedRequestsAndLeavesOneFile() throws IOException, SQLException {
        List<AcknowledgedSession> sessions;
        try (RunningParley parley = jar().start();
                ConcurrentPeers peers = ConcurrentPeers.actingOn(parley.client(), 8, 3, 200)) {
            peers.awaitAcknowledgements();
            parley.terminate();
            await().atMost(STOP_MAX).until(() -> !parley.isAlive());
            assertThat(parley.awaitExit().code()).isIn(0, 143);
            assertThat(parley.log()).doesNotContain("ERROR");
            assertThat(parley.log().lines()).last().asString().contains("Stopped");
            peers.awaitSilence();
            assertThat(peers.unexpected()).allMatch(surprise -> surprise.contains("status=503"));
            sessions = peers.sessions();
        }
        Path copy = Files.copy(folder.resolve("parley.db"), folder.resolve("copy.db"));
        try (OutsideConnection store = OutsideConnection.open(copy)) {
            assertThat(store.sessions()).as("without the write-ahead log").isPositive();
        }
        try (RunningParley parley = jar().start()) {
            sessions.forEach(session -> session.assertKeptBy(parley.client()));
            sessions.forEach(session -> session.assertRepeatable(parley.client()));
        }
    }

    @Test
    void aStopAnswersWaitingRequestsAndEndsStreams() throws IOException {
        try (RunningParley parley = jar().start()) {
            parley.client().open(CODE, TOKEN, "an offer", List.of());
            var polls = new ArrayList<Socket>();
            var streams = new ArrayList<Socket>();
            for (int i = 0; i < 10; i++) {
                polls.add(send(parley.uri(), "Prefer: wait=25"));
                streams.add(send(parley.uri(), "Accept: text/event-stream"));
            }
            for (Socket stream : streams) {
                assertThat(readUntil(stream, "retry: ")).startsWith("HTTP/1.1 200 ");
            }
            await().atMost(DEADLINE)
                    .until(() -> parley.operators().get("/q/metrics").text().contains("parley_waiters 20.0"));
            long start = System.nanoTime();

            parley.terminate();

            for (Socket poll : polls) {
                assertThat(rest(poll)).startsWith("HTTP/1.1 200 ").contains("{\"events\":[],\"next\":1}");
            }
            for (Socket stream : streams) {
                assertThat(rest(stream)).contains(": stopping\n\n").endsWith("0\r\n\r\n");
            }
            assertThat(parley.awaitExit().code()).isIn(0, 143);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(STOP_MAX);
            assertThat(parley.log()).doesNotContain("ERROR");
        }
    }

    @Test
    void aWaitingConnectionIsNotIdle() throws IOException {
        ParleyJar impatient = jar().with("QUARKUS_HTTP_IDLE_TIMEOUT", "4s")
                .with("PARLEY_WAITING_MAX", "3s")
                .with("PARLEY_WAITING_KEEP_ALIVE", "3s")
                .with("PARLEY_CHANNEL_PING", "3s")
                .with("PARLEY_WHIP_WAIT", "3s");
        try (RunningParley parley = impatient.start()) {
            parley.client().open(CODE, TOKEN, "an offer", List.of());
            Socket stream = send(parley.uri(), "Accept: text/event-stream");

            assertThat(rest(send(parley.uri(), "Prefer: wait=25\r\nConnection: close")))
                    .contains("{\"events\":[],\"next\":1}");
            assertThat(readUntil(stream, ": still here\n\n: still here\n\n")).isNotEmpty();
        }
    }

    @Test
    void aDrainingNodeFailsHealthChecksAndServesRequests() {
        try (RunningParley parley = jar().with("PARLEY_HTTP_DRAIN", "60s").start()) {
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
        try (RunningParley parley = jar().with("PARLEY_HTTP_DRAIN", "8s").start()) {
            long seq = parley.client().open(CODE, TOKEN, "an offer", List.of()).seq();
            String events = parley.uri() + "/api/v1/sessions/" + CODE + "/events?after=";
            CompletableFuture<HttpResponse<String>> stream = sendAsync(events + 0, "Accept", "text/event-stream");
            CompletableFuture<HttpResponse<String>> poll = sendAsync(events + seq, "Prefer", "wait=30");
            await().atMost(DEADLINE)
                    .until(() -> parley.operators().get("/q/metrics").text().contains("parley_waiters 2.0"));

            parley.terminate();
            await().atMost(DEADLINE).until(() -> parley.client().health().status() == 503);
            assertThat(stream).as("ended with the signal").isNotDone();
            assertThat(poll).as("ended with the signal").isNotDone();
            CompletableFuture<HttpResponse<String>> late = sendAsync(events + seq, "Prefer", "wait=30");

            assertThat(stream)
                    .succeedsWithin(DEADLINE)
                    .satisfies(reply ->
                            assertThat(reply.body()).contains("an offer").endsWith(": stopping\n\n"));
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

    private ParleyJar jar() {
        return ParleyJar.in(folder).with("PARLEY_STORE_URL", "sqlite:parley.db");
    }

    private static CompletableFuture<HttpResponse<String>> sendAsync(String uri, String header, String value) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(uri)).header(header, value).build();
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .sendAsync(request, BodyHandlers.ofString());
    }

    private static Socket send(URI server, String header) throws IOException {
        var socket = new Socket(server.getHost(), server.getPort());
        socket.setSoTimeout(SILENCE_MAX_MILLIS);
        String request = "GET /api/v1/sessions/a-session/events?after=1 HTTP/1.1\r\nHost: x\r\n" + header + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** The response up to and with {@code text}, without the sizes of chunks. */
    private static String readUntil(Socket socket, String text) throws IOException {
        var read = new StringBuilder();
        while (!read.toString().replaceAll("\r\n[0-9a-f]+\r\n", "").contains(text)) {
            int c = socket.getInputStream().read();
            assertThat(c).as("the connection ends after %s", read).isNotNegative();
            read.append((char) c);
        }
        return read.toString();
    }

    private static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
