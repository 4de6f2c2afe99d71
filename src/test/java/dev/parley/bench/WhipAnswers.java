package dev.parley.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.RunningParley;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * How soon an encoder has its answer from a peer that watches the topic: by one POST of WHIP, and by the native API, whose offerer opens a
 * session and waits for the answer by long poll. The two take turns, and one peer answers both.
 */
public final class WhipAnswers {
    private static final int ROUNDS = Integer.getInteger("parley.bench.rounds", 500);
    private static final int WARM_UP = ROUNDS / 2;

    /** Longer than the least time between two reads of a topic's list. */
    private static final Duration THINKING = Duration.ofMillis(100);

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
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI service;
    private volatile boolean done;

    private WhipAnswers(URI service) {
        this.service = service;
    }

    public static void main(String[] arguments) throws Exception {
        Markdown.head("an encoder's offer is answered by", "answers", "p50 ms", "p99 ms");
        try (var folder = new TemporaryFolder();
                RunningParley parley = ParleyJar.in(folder.path()).optimizing().start()) {
            new WhipAnswers(parley.uri()).run();
        }
    }

    private void run() throws Exception {
        var peer = new Thread(this::answerAll, "peer");
        peer.setDaemon(true);
        peer.start();
        var whip = new Histogram(3);
        var longPoll = new Histogram(3);
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            long byWhip = timed(this::offerByWhip);
            long byNative = timed(this::offerByNative);
            if (round >= 0) {
                whip.recordValue(byWhip);
                longPoll.recordValue(byNative);
            }
        }
        done = true;
        print("POST of WHIP", whip);
        print("POST, and a long poll", longPoll);
    }

    private interface Offer {
        void send() throws Exception;
    }

    private static long timed(Offer offer) throws Exception {
        LockSupport.parkNanos(THINKING.toNanos());
        long begin = System.nanoTime();
        offer.send();
        return TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begin);
    }

    private void offerByWhip() throws Exception {
        require(201, call("POST", "/whip/stage", "application/sdp", OFFER));
    }

    private void offerByNative() throws Exception {
        String offer = JSON.createObjectNode()
                .put("offer", OFFER)
                .put("topic", "stage")
                .toString();
        JsonNode opened = JSON.readTree(require(201, call("POST", "/api/v1/sessions", "application/json", offer)));
        String events = "/api/v1/sessions/" + opened.path("code").textValue() + "/events?after=1";
        if (JSON.readTree(require(200, call("GET", events, "application/json", "")))
                .path("events")
                .isEmpty()) {
            throw new IllegalStateException("The wait has ended without an answer");
        }
    }

    /** Answers each session of the topic as soon as the stream has it. */
    private void answerAll() {
        try {
            HttpResponse<InputStream> stream = http.send(
                    HttpRequest.newBuilder(service.resolve("/api/v1/sessions?topic=stage"))
                            .header("Accept", "text/event-stream")
                            .build(),
                    BodyHandlers.ofInputStream());
            var lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8));
            String event = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                event = line.startsWith("event: ") ? line.substring(7) : line.isEmpty() ? "" : event;
                if (line.startsWith("data: ") && event.equals("opened")) {
                    String code = Objects.requireNonNull(
                            JSON.readTree(line.substring(6)).path("code").textValue());
                    call("PUT", "/api/v1/sessions/" + code + "/answer", "application/json", "{\"answer\":\"v=0\"}");
                }
            }
        } catch (IOException e) {
            if (!done) {
                throw new UncheckedIOException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpResponse<String> call(String method, String path, String type, String body)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(service.resolve(path))
                        .header("Content-Type", type)
                        .header("Prefer", "wait=30")
                        .method(method, BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private static String require(int status, HttpResponse<String> reply) {
        if (reply.statusCode() != status) {
            throw new IllegalStateException(reply.statusCode() + ": " + reply.body());
        }
        return reply.body();
    }

    private static void print(String way, Histogram times) {
        Markdown.row(way, times.getTotalCount(), Markdown.millis(times, 50), Markdown.millis(times, 99));
    }
}
