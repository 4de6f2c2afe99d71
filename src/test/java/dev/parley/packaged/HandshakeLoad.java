package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Pairs of peers that complete one handshake after another, and watchers that wait for the events of one quiet session. In some
 * handshakes one side waits by long poll and the other by event stream, in others both use channels; a stream or channel that ends is
 * resumed after its last event. Each reply that is not a
 * success, each broken connection and each missed or repeated event is in {@link #failures()}.
 */
final class HandshakeLoad implements AutoCloseable {
    private static final int PAIRS = 3;
    private static final int WATCHERS = 3;
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final long TTL_SECONDS = ParleyClient.TTL.toSeconds();
    private static final String ID = "id: ";
    private static final String DATA = "data: ";
    private static final String LAST = "the last candidate";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final URI service;
    private final ParleyClient client;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final String quiet = UUID.randomUUID().toString();
    private final List<Future<?>> running = new ArrayList<>();
    private final Collection<String> failures = new ConcurrentLinkedQueue<>();

    /** How long each closed channel was gone. */
    private final Collection<Duration> absences = new ConcurrentLinkedQueue<>();

    /** The number of acknowledged events of each session. */
    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();

    private volatile boolean leaving;

    private HandshakeLoad(URI service) {
        this.service = service;
        this.client = new ParleyClient(service);
    }

    static HandshakeLoad on(URI service) {
        var load = new HandshakeLoad(service);
        load.acknowledged.put(load.quiet, load.opened(load.quiet));
        for (int i = 0; i < WATCHERS; i++) {
            load.running.add(load.threads.submit(() -> load.noted(() -> load.polled(load.quiet))));
            load.running.add(load.threads.submit(() -> load.noted(() -> load.streamed(load.quiet))));
            load.running.add(load.threads.submit(() -> load.noted(() -> load.channelled(load.quiet))));
        }
        for (int i = 0; i < PAIRS; i++) {
            load.running.add(load.threads.submit(() -> load.handshakesUntilLeft(load::handshake)));
        }
        load.running.add(load.threads.submit(() -> load.noted(load::handshakesOverChannels)));
        return load;
    }

    int handshakes() {
        return acknowledged.size() - 1;
    }

    /** Waits for {@code count} more handshakes. */
    void awaitHandshakes(int count) {
        int enough = handshakes() + count;
        await().atMost(DEADLINE).failFast(() -> assertThat(failures).isEmpty()).until(() -> handshakes() >= enough);
    }

    /** Adds an event to the quiet session. */
    void wakeWatchers() {
        acknowledged.put(quiet, trickled(quiet, quiet, "a candidate"));
    }

    Collection<String> failures() {
        return failures;
    }

    /** How long each closed channel was gone, until its watches continued. */
    Collection<Duration> absences() {
        return absences;
    }

    /** Ends every handshake and every watcher. */
    void leave() {
        leaving = true;
        acknowledged.put(quiet, trickled(quiet, quiet, LAST));
        for (Future<?> peer : running) {
            try {
                peer.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            } catch (Exception e) {
                failures.add("A peer does not end: " + e);
            }
        }
    }

    /** Checks that every acknowledged event is stored. */
    void assertKeptBy(ParleyClient node) {
        acknowledged.forEach(
                (code, seq) -> assertThat(node.session(code).seq()).as(code).isEqualTo(seq));
    }

    @Override
    public void close() {
        leaving = true;
        threads.shutdownNow();
    }

    private void handshakesUntilLeft(Callable<?> handshake) {
        while (!leaving && failures.isEmpty()) {
            noted(handshake);
        }
    }

    private String handshakesOverChannels() {
        try (LastingChannel offerer = channel();
                LastingChannel answerer = channel()) {
            handshakesUntilLeft(() -> handshake(offerer, answerer));
        }
        return "left";
    }

    private LastingChannel channel() {
        return new LastingChannel(service, failures, absences);
    }

    private String handshake(LastingChannel offerer, LastingChannel answerer) {
        String code = UUID.randomUUID().toString();
        String secret = token("answerer-" + code);
        offerer.call(
                "open", "token", token(code), "body", Map.of("code", code, "offer", "an offer", "ttl", TTL_SECONDS));
        answerer.call("answer", "code", code, "token", secret, "body", Map.of("answer", "an answer"));
        offerer.call("trickle", "code", code, "token", token(code), "body", Map.of("candidates", List.of("one")));
        answerer.call("trickle", "code", code, "token", secret, "body", Map.of("candidates", List.of(LAST)));
        for (LastingChannel peer : List.of(offerer, answerer)) {
            assertThat(peer.events(code, HandshakeLoad::isLast)).hasSize(4);
        }
        acknowledged.put(code, 4L);
        return code;
    }

    /** All events up to the last one, by channels. */
    private List<JsonNode> channelled(String code) {
        try (LastingChannel channel = channel()) {
            return channel.events(code, HandshakeLoad::isLast);
        }
    }

    private void noted(Callable<?> peer) {
        try {
            peer.call();
        } catch (Exception | AssertionError e) {
            failures.add(e.toString());
        }
    }

    private String handshake() throws Exception {
        String code = UUID.randomUUID().toString();
        long seq = opened(code);
        Future<List<JsonNode>> offerer = threads.submit(() -> polled(code));
        Future<List<JsonNode>> answerer = threads.submit(() -> streamed(code));
        String secret = "answerer-" + code;
        assertThat(success(client.answer(code, token(secret), "an answer", List.of()))
                        .seq())
                .isEqualTo(++seq);
        assertThat(trickled(code, secret, "one of the answerer")).isEqualTo(++seq);
        assertThat(trickled(code, code, "one of the offerer")).isEqualTo(++seq);
        assertThat(trickled(code, secret, LAST)).isEqualTo(++seq);
        for (Future<List<JsonNode>> told : List.of(offerer, answerer)) {
            assertThat(told.get(DEADLINE.toSeconds(), TimeUnit.SECONDS)).hasSize((int) seq);
        }
        acknowledged.put(code, seq);
        return code;
    }

    private long opened(String code) {
        return success(client.open(code, token(code), "an offer", List.of())).seq();
    }

    private long trickled(String code, String secret, String candidate) {
        return success(client.trickle(code, token(secret), List.of(TextNode.valueOf(candidate))))
                .seq();
    }

    private static String token(String secret) {
        return "the-own-secret-of-" + secret;
    }

    private static ServerReply success(ServerReply reply) {
        assertThat(reply.isSuccess()).as("%s", reply).isTrue();
        return reply;
    }

    /** All events up to the last one, by long poll. */
    private List<JsonNode> polled(String code) {
        var events = new ArrayList<JsonNode>();
        while (!isComplete(events)) {
            ServerReply reply = success(client.awaitEvents(code, events.size()));
            reply.json().required("events").forEach(event -> add(events, event));
        }
        return events;
    }

    /** All events up to the last one, by event streams. */
    private List<JsonNode> streamed(String code) throws IOException, InterruptedException {
        var events = new ArrayList<JsonNode>();
        String last = "";
        while (!isComplete(events)) {
            HttpRequest.Builder request = HttpRequest.newBuilder(
                            service.resolve("/api/v1/sessions/" + code + "/events"))
                    .header("Accept", "text/event-stream");
            if (!last.isEmpty()) {
                request.header("Last-Event-ID", last);
            }
            HttpResponse<Stream<String>> response = HTTP.send(request.build(), BodyHandlers.ofLines());
            assertThat(response.statusCode()).isEqualTo(200);
            try (Stream<String> lines = response.body()) {
                Iterator<String> each = lines.iterator();
                while (!isComplete(events) && each.hasNext()) {
                    String line = each.next();
                    if (line.startsWith(ID)) {
                        last = line.substring(ID.length());
                        add(events, JSON.readTree(each.next().substring(DATA.length())));
                    }
                }
            }
        }
        return events;
    }

    private static void add(List<JsonNode> events, JsonNode event) {
        events.add(event);
        assertThat(event.required("seq").intValue()).as("%s", events).isEqualTo(events.size());
    }

    private static boolean isComplete(List<JsonNode> events) {
        return !events.isEmpty() && isLast(events.get(events.size() - 1));
    }

    private static boolean isLast(JsonNode event) {
        return event.path("candidate").asText().equals(LAST);
    }
}
