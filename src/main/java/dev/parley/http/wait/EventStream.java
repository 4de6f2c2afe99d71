package dev.parley.http.wait;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.http.Views.EventView;
import dev.parley.http.access.Authenticator;
import dev.parley.http.access.ClientAddresses;
import dev.parley.http.access.CredentialEnded;
import dev.parley.session.Event;
import dev.parley.session.Events;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.signaling.Signaling;
import dev.parley.store.Futures;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.waiting.Wait;
import dev.parley.waiting.WaitRegistry;
import dev.parley.waiting.Waiter;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A reply with the events of a session as server-sent events (HTML standard, section 9.2), which ends when the session or the service
 * ends, or the client disconnects.
 *
 * <p>An event is a message with its {@link EventId} and the same JSON as in a list of events. The bookmark that covers the messages
 * after it is an event of its own, named {@code bookmark}, because a header is sent too early and browsers do not show comments.
 *
 * <p>Everything runs on the request's event loop. No events are buffered: the next ones are read when the client has received enough
 * of the former.
 */
public final class EventStream implements Waiter {
    private static final CompletionStage<Instant> DONE = CompletableFuture.completedStage(Instant.MAX);
    private static final String HEAD = "retry: 1000\n\n";
    private static final byte LF = '\n';
    private static final byte CR = '\r';

    private final Context context;
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

    /** What all streams share. */
    record Context(
            Signaling signaling,
            WaitRegistry registry,
            ClientAddresses addresses,
            Authenticator authenticator,
            ObjectMapper json,
            int pageMax,
            Duration keepAlive) {}

    /** @param first the events behind number {@code after} */
    EventStream(Context context, RoutingContext client, SessionKey key, long after, Served<Events> first) {
        this.context = context;
        this.client = client;
        this.response = client.response();
        this.key = key;
        this.first = first;
        this.incarnation = first.result().incarnation();
        this.sent = after;
    }

    /** Registers the stream until the reply has ended or the client has disconnected. */
    void join() {
        Wait entry = context.registry.join(key, context.addresses.of(client.request()), this);
        long timer = client.vertx().setPeriodic(context.keepAlive.toMillis(), silent -> keepAlive());
        EventLoop.whenDone(client, () -> {
            ended = true;
            client.vertx().cancelTimer(timer);
            entry.leave();
        });
        wait = entry;
    }

    /** Sends the head and the first events. */
    void start() {
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
        return read().handleAsync(this::send, loop)
                .thenCompose(expiresAt -> whenWritable()
                        .thenCompose(
                                writable -> expiresAt == null ? check() : CompletableFuture.completedStage(expiresAt)));
    }

    private CompletionStage<Served<Events>> read() {
        return isAdmitted()
                ? context.signaling.follow(ReadFrom.PRIMARY, key, incarnation, sent, context.pageMax)
                : CompletableFuture.failedStage(new CredentialEnded());
    }

    /** A stream may outlive the credential that it was opened with. */
    private boolean isAdmitted() {
        return context.authenticator.wouldStillAdmit(client.request());
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
            return events.size() >= context.pageMax ? null : read.result().expiresAt();
        }
        Throwable cause = failure == null ? null : Futures.cause(failure);
        if (cause instanceof SessionNotFound) {
            return end("gone");
        }
        if (cause instanceof SignalingException refusal) {
            throw refusal; // a store that cannot be read now may be readable at the next check
        }
        return end("failed"); // the reason is in the reply to the reconnect
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
        byte[] data = json(event);
        buffer.appendString("id: " + EventId.of(incarnation, event.seq()) + "\ndata: ");
        // A candidate is sent as it was received, with any line breaks between its tokens. Each line is a data line.
        int line = 0;
        for (int i = 0; i < data.length; i++) {
            if (data[i] == LF || data[i] == CR) {
                buffer.appendBytes(data, line, i - line).appendString("\ndata: ");
                line = i + 1;
            }
        }
        buffer.appendBytes(data, line, data.length - line).appendString("\n\n");
    }

    private byte[] json(Event event) {
        try {
            return context.json.writeValueAsBytes(EventView.of(event));
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
        if (!isAdmitted()) {
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
