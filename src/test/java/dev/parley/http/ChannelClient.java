package dev.parley.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client of the channel that keeps each pushed message until a test takes it. */
public final class ChannelClient implements WebSocket.Listener, AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration REPLY_MAX = Duration.ofMinutes(2);

    private final Queue<Throwable> violations = new ConcurrentLinkedQueue<>();
    private final AtomicLong ids = new AtomicLong();
    private final AtomicInteger pings = new AtomicInteger();
    private final ConcurrentHashMap<Long, CompletableFuture<JsonNode>> replies = new ConcurrentHashMap<>();
    private final BlockingQueue<JsonNode> pushed = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder partial = new StringBuilder();
    private final WebSocket socket;

    private final Consumer<JsonNode> receiver;

    /** Whether this is a channel to the application under test, whose document its messages are checked against. */
    private final boolean documented;

    private ChannelClient(
            URI uri, WebSocket.Builder builder, List<String> protocols, @Nullable Consumer<JsonNode> receiver) {
        this.receiver = receiver == null ? pushed::add : receiver;
        this.documented = receiver == null;
        this.socket = builder.subprotocols(
                        protocols.get(0), protocols.subList(1, protocols.size()).toArray(String[]::new))
                .buildAsync(uri, this)
                .orTimeout(REPLY_MAX.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    /** A channel in an origin of its own. */
    public static ChannelClient open() {
        return open("https://" + UUID.randomUUID() + ".example");
    }

    public static ChannelClient open(String origin) {
        return open(List.of("parley.v1"), "Origin", origin);
    }

    /** A channel that offers {@code protocols} and sends one header. */
    public static ChannelClient open(List<String> protocols, String header, String value) {
        return new ChannelClient(
                channel(TestClient.service()), HTTP.newWebSocketBuilder().header(header, value), protocols, null);
    }

    /**
     * A channel to {@code service}.
     *
     * @param receiver receives pushed messages; they and the replies to {@link #send} come in order, on one thread at a time
     */
    public static ChannelClient connect(URI service, @Nullable String origin, Consumer<JsonNode> receiver) {
        WebSocket.Builder builder = HTTP.newWebSocketBuilder();
        return new ChannelClient(
                channel(service),
                origin == null ? builder : builder.header("Origin", origin),
                List.of("parley.v1"),
                receiver);
    }

    private static URI channel(URI service) {
        return URI.create("ws://" + service.getAuthority() + "/api/v1/channel");
    }

    public String protocol() {
        return socket.getSubprotocol();
    }

    /** The reply to a request with these members and an id. */
    public Reply call(String op, @Nullable Object... namesAndValues) {
        return reply(send(op, namesAndValues));
    }

    /** Sends a request; {@link #reply} waits for its reply. */
    @SuppressWarnings("FutureReturnValueIgnored") // verified() records what fails
    public CompletableFuture<JsonNode> send(String op, @Nullable Object... namesAndValues) {
        var reply = new CompletableFuture<JsonNode>();
        if (documented) {
            reply.thenAccept(
                    received -> verified(() -> AsyncApiDocument.served().verifyReply(op, received)));
        }
        send(TestClient.object(namesAndValues).put("op", op), reply);
        return reply;
    }

    /** Sends a request, to which an id is added; completes {@code reply}. */
    public void send(ObjectNode request, CompletableFuture<JsonNode> reply) {
        long id = ids.incrementAndGet();
        replies.put(id, reply);
        sendText(request.put("id", id).toString());
    }

    public static Reply reply(CompletableFuture<JsonNode> sent) {
        return new Reply(sent.orTimeout(REPLY_MAX.toSeconds(), TimeUnit.SECONDS).join());
    }

    public void sendText(String text) {
        socket.sendText(text, true).join();
    }

    /** Sends one message in several frames. */
    public void sendParts(String... parts) {
        for (int i = 0; i < parts.length; i++) {
            socket.sendText(parts[i], i == parts.length - 1).join();
        }
    }

    /** Sends the first frame of a message whose others do not follow. */
    public void sendFirstPart(String part) {
        socket.sendText(part, false).join();
    }

    public void sendBinary(byte[] bytes) {
        socket.sendBinary(ByteBuffer.wrap(bytes), true).join();
    }

    /** The next message that is no reply to a request of {@link #send}. */
    public JsonNode next() {
        try {
            JsonNode next = pushed.poll(REPLY_MAX.toSeconds(), TimeUnit.SECONDS);
            assertThat(next).as("a message").isNotNull();
            return next;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The next {@code count} events of {@code code}, which are pushed without any other message between them. */
    public List<JsonNode> events(String code, int count) {
        var events = new ArrayList<JsonNode>();
        while (events.size() < count) {
            JsonNode message = next();
            assertThat(message.path("code").textValue()).as(message.toString()).isEqualTo(code);
            assertThat(message.path("bookmark").isTextual())
                    .as(message.toString())
                    .isTrue();
            message.path("events").forEach(events::add);
        }
        return events;
    }

    /** The number of pings that were received. */
    public int pings() {
        return pings.get();
    }

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket webSocket, ByteBuffer message) {
        pings.incrementAndGet();
        webSocket.request(1);
        return null; // the client has replied
    }

    /** Whether a message was pushed and not taken. */
    public boolean hasPushed() {
        return !pushed.isEmpty();
    }

    /** The code with which the service has closed the channel. */
    public int closeCode() {
        return closed.orTimeout(REPLY_MAX.toSeconds(), TimeUnit.SECONDS).join();
    }

    /** Completed with the code when the channel is closed, or with the failure of its connection. */
    public CompletableFuture<Integer> closed() {
        return closed;
    }

    /** Ends the connection without a word. */
    public void abort() {
        socket.abort();
    }

    @Override
    public void close() {
        socket.abort();
        assertThat(violations).isEmpty();
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            receive(partial.toString());
            partial.setLength(0);
        }
        webSocket.request(1);
        return null;
    }

    private void receive(String text) {
        try {
            JsonNode message = HttpReply.MAPPER.readTree(text);
            CompletableFuture<JsonNode> reply = message.path("id").isIntegralNumber()
                    ? replies.remove(message.path("id").longValue())
                    : null;
            if (reply == null) {
                if (documented && !message.has("id") && !message.path("status").isInt()) {
                    verified(() -> AsyncApiDocument.served().verifyPushed(message));
                }
                receiver.accept(message);
            } else {
                reply.complete(message);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A violation of the document is reported when the channel is closed, because this is the thread of the client. */
    private void verified(Runnable check) {
        try {
            check.run();
        } catch (AssertionError | RuntimeException e) {
            violations.add(e);
        }
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        closed.complete(statusCode);
        failPending(new IOException("closed with " + statusCode));
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        closed.completeExceptionally(error);
        failPending(error);
    }

    private void failPending(Throwable why) {
        replies.values().forEach(reply -> reply.completeExceptionally(why));
    }

    /** A reply of the channel. */
    public record Reply(JsonNode json) {
        public int status() {
            return json.path("status").intValue();
        }

        /** The reply itself, if it has that status, and a body or a problem as the status requires. */
        public Reply is(int expected) {
            assertThat(status()).as(json.toString()).isEqualTo(expected);
            assertThat(json.has("problem")).as(json.toString()).isEqualTo(expected >= 400);
            return this;
        }

        /** The reply itself, if it is a problem of that status and type. */
        public Reply isProblem(int expected, String type) {
            is(expected);
            assertThat(at("/problem/type").textValue())
                    .isEqualTo(type.equals("blank") ? "about:blank" : "urn:parley:problem:" + type);
            assertThat(at("/problem/status").intValue()).isEqualTo(expected);
            return this;
        }

        public JsonNode at(String pointer) {
            JsonNode value = json.at(pointer);
            assertThat(value.isMissingNode()).as("%s in %s", pointer, json).isFalse();
            return value;
        }

        public String textAt(String pointer) {
            return at(pointer).textValue();
        }
    }
}
