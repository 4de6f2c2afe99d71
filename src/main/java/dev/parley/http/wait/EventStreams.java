package dev.parley.http.wait;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.http.EntityTags;
import dev.parley.http.HttpConfig;
import dev.parley.http.Views.EventView;
import dev.parley.http.access.Authenticator;
import dev.parley.http.access.ClientAddresses;
import dev.parley.session.Event;
import dev.parley.session.Event.Events;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.signaling.Signaling;
import dev.parley.store.Futures;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.waiting.Wait;
import dev.parley.waiting.Wait.Waiter;
import dev.parley.waiting.WaitConfig;
import dev.parley.waiting.WaitRegistry;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyWriter.AllWriteableMessageBodyWriter;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;
import org.jspecify.annotations.Nullable;

/** Opens replies with the events of a session as server-sent events (HTML standard, section 9.2), and counts them. */
@Singleton
public final class EventStreams {
    private static final CompletionStage<Instant> DONE = CompletableFuture.completedStage(Instant.MAX);
    private static final String HEAD = "retry: 1000\n\n";

    /** Session and number; ids of an older version have no session. */
    private static final Pattern EVENT_ID = Pattern.compile("(?:([0-9a-z]{1,13})[.])?([0-9]{1,18})");

    private final Signaling signaling;
    private final WaitRegistry registry;
    private final ClientAddresses addresses;
    private final Authenticator authenticator;
    private final ObjectMapper json;
    private final int pageMax;
    private final Duration keepAlive;
    private final AtomicInteger open = new AtomicInteger();

    public EventStreams(
            Signaling signaling,
            WaitRegistry registry,
            ClientAddresses addresses,
            Authenticator authenticator,
            ObjectMapper json,
            HttpConfig config,
            WaitConfig waiting) {
        this.signaling = signaling;
        this.registry = registry;
        this.addresses = addresses;
        this.authenticator = authenticator;
        this.json = json;
        this.pageMax = config.pageMax();
        this.keepAlive = waiting.keepAlive();
    }

    /** The number of open streams. */
    public int size() {
        return open.get();
    }

    /**
     * A stream of the events after number {@code after}, not started yet; fails as a read does, and where too many requests wait.
     *
     * @param lastEventId the id of the last event that the client received, which replaces {@code after}; if it belongs to another
     *     session, the stream starts from the beginning
     * @throws Malformed if {@code lastEventId} is not an event id
     */
    public CompletionStage<Served<EventStream>> open(
            RoutingContext client, ReadFrom from, SessionKey key, long after, @Nullable String lastEventId) {
        if (lastEventId == null || lastEventId.isEmpty()) {
            return open(client, from, key, after);
        }
        Matcher id = EVENT_ID.matcher(lastEventId);
        if (!id.matches()) {
            throw new Malformed("Last-Event-ID must be the id of an event of this stream, as the stream sent it.");
        }
        long seq = Long.parseLong(id.group(2));
        return signaling
                .events(from, key, seq, pageMax)
                .thenComposeAsync(
                        first -> EntityTags.incarnation(first.result().incarnation())
                                        .equals(id.group(1))
                                ? CompletableFuture.completedStage(opened(client, key, seq, first))
                                : open(client, from, key, 0),
                        EventLoop.current());
    }

    private CompletionStage<Served<EventStream>> open(
            RoutingContext client, ReadFrom from, SessionKey key, long after) {
        return signaling
                .events(from, key, after, pageMax)
                .thenApplyAsync(first -> opened(client, key, after, first), EventLoop.current());
    }

    private Served<EventStream> opened(RoutingContext client, SessionKey key, long after, Served<Events> first) {
        var stream = new EventStream(client, key, after, first);
        stream.join();
        open.incrementAndGet();
        EventLoop.whenDone(client, open::decrementAndGet);
        return first.with(stream);
    }

    /**
     * One stream, which ends when the session or the service ends, or the client disconnects.
     *
     * <p>An event is a message with the id of its session and its number, and the same JSON as in a list of events. The bookmark that
     * covers the messages after it is an event of its own, named {@code bookmark}, because a header is sent too early and browsers do
     * not show comments.
     *
     * <p>Everything runs on the request's event loop. No events are buffered: the next ones are read when the client has received
     * enough of the former.
     */
    public final class EventStream implements Waiter {
        private final RoutingContext client;
        private final HttpServerResponse response;
        private final EventLoop loop = EventLoop.current();
        private final SessionKey key;
        private @Nullable Served<Events> first;
        private final long incarnation;
        private long sent;
        private boolean started;
        private boolean ended;
        private @Nullable Wait wait;

        private EventStream(RoutingContext client, SessionKey key, long after, Served<Events> first) {
            this.client = client;
            this.response = client.response();
            this.key = key;
            this.first = first;
            this.incarnation = first.result().incarnation();
            this.sent = after;
        }

        /** Registers the stream until the reply has ended or the client has disconnected. */
        private void join() {
            Wait entry = registry.join(key, addresses.of(client.request()), this);
            long timer = client.vertx().setPeriodic(keepAlive.toMillis(), silent -> keepAlive());
            EventLoop.whenDone(client, () -> {
                ended = true;
                client.vertx().cancelTimer(timer);
                entry.leave();
            });
            wait = entry;
        }

        /** Sends the head and the first events. */
        private void start() {
            Served<Events> begin = first;
            first = null; // a stream may live for hours
            started = true;
            if (ended || begin == null || wait == null) {
                return;
            }
            if (client.request().method().equals(HttpMethod.HEAD)) {
                ended = true;
                response.end();
                return;
            }
            response.setChunked(true);
            response.write(HEAD);
            write(begin);
            wait.wake();
        }

        @Override
        public CompletionStage<Instant> check() {
            if (!started || ended) {
                return DONE;
            }
            return authenticator
                    .ifStillAdmitted(
                            client.request(), () -> signaling.follow(ReadFrom.PRIMARY, key, incarnation, sent, pageMax))
                    .handleAsync(this::send, loop)
                    .thenCompose(expiresAt -> whenWritable()
                            .thenCompose(writable ->
                                    expiresAt == null ? check() : CompletableFuture.completedStage(expiresAt)));
        }

        /** Returns when the session expires, or null if there may be more events to read. */
        private @Nullable Instant send(@Nullable Served<Events> read, @Nullable Throwable failure) {
            if (ended) {
                return Instant.MAX;
            }
            if (read != null) {
                write(read);
                List<Event> events = read.result().list();
                if (!events.isEmpty() && events.get(events.size() - 1) instanceof Event.Closed) {
                    return end("gone");
                }
                return events.size() >= pageMax ? null : read.result().expiresAt();
            }
            Throwable cause = failure == null ? null : Futures.cause(failure);
            if (cause instanceof SignalingException refusal && !(cause instanceof SessionNotFound)) {
                throw refusal; // a store that cannot be read now may be readable at the next check
            }
            return end(cause instanceof SessionNotFound ? "gone" : "failed"); // a reconnect receives the reason
        }

        private void write(Served<Events> read) {
            List<Event> events = read.result().list();
            if (!events.isEmpty()) {
                sent = events.get(events.size() - 1).seq();
                Buffer buffer = Buffer.buffer("event: bookmark\ndata: " + read.bookmark() + "\n\n");
                events.forEach(event -> append(buffer, event));
                response.write(buffer);
            }
        }

        private void append(Buffer buffer, Event event) {
            byte[] data = bytes(event);
            buffer.appendString("id: " + EntityTags.incarnation(incarnation) + '.' + event.seq() + "\ndata: ");
            // A candidate is sent as it was received, with any line breaks between its tokens. Each line is a data
            // line.
            int line = 0;
            for (int i = 0; i < data.length; i++) {
                if (data[i] == '\n' || data[i] == '\r') {
                    buffer.appendBytes(data, line, i - line).appendString("\ndata: ");
                    line = i + 1;
                }
            }
            buffer.appendBytes(data, line, data.length - line).appendString("\n\n");
        }

        private byte[] bytes(Event event) {
            try {
                return json.writeValueAsBytes(EventView.of(event));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("Every event is valid JSON", e);
            }
        }

        /** Complete when the client has received enough of what was sent to be sent more. */
        private CompletionStage<?> whenWritable() {
            if (ended || !response.writeQueueFull()) {
                return DONE;
            }
            var writable = new CompletableFuture<Void>();
            response.drainHandler(drained -> writable.complete(null));
            return writable;
        }

        @Override
        public CompletionStage<?> stop() {
            end("stopping");
            return DONE;
        }

        private void keepAlive() {
            if (!started || ended) {
                return;
            }
            if (!authenticator.wouldStillAdmit(client.request())) {
                end("the credential has ended");
            } else if (!response.writeQueueFull()) {
                response.write(": still here\n\n");
            }
        }

        private Instant end(String why) {
            if (!ended) {
                ended = true;
                response.end(": " + why + "\n\n");
            }
            return Instant.MAX;
        }
    }

    /** Starts a stream at the point where other replies write their body and end. */
    @Provider
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public static final class Writer extends AllWriteableMessageBodyWriter {
        @Override
        public void writeResponse(Object stream, Type type, ServerRequestContext context) {
            ((EventStream) stream).start();
        }

        @Override
        public void writeTo(
                Object stream,
                Class<?> type,
                Type genericType,
                Annotation[] annotations,
                MediaType mediaType,
                MultivaluedMap<String, Object> headers,
                OutputStream body) {
            throw new UnsupportedOperationException("An event stream needs the connection itself");
        }
    }
}
