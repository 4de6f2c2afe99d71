package dev.parley.http.wait;

import dev.parley.http.access.Authenticator;
import dev.parley.http.access.ClientAddresses;
import dev.parley.session.Event;
import dev.parley.session.Event.Events;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.store.Futures;
import dev.parley.store.Served;
import dev.parley.waiting.EventBatch;
import dev.parley.waiting.Wait;
import dev.parley.waiting.Wait.Waiter;
import dev.parley.waiting.WaitRegistry;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Follows one session for one client from an event number on: the sink receives the events in order, without gaps or repeats, as they
 * are committed, until the session ends.
 *
 * <p>The events of a commit are delivered directly if they continue what was sent; else the next ones are read from the store. No
 * events are buffered: what is committed while the sink is not writable is read later.
 *
 * <p>All methods are called on the event loop that the feed was opened on, and so are those of the sink.
 */
public final class SessionFeed implements Waiter {
    private static final CompletionStage<Instant> DONE = CompletableFuture.completedStage(Instant.MAX);

    /** What a feed writes to. */
    public interface Sink {
        /** Sends the events of {@code batch}, of which there is at least one, and its bookmark. */
        void deliver(SessionFeed feed, EventBatch batch);

        /** Whether more can be sent; if not, the sink calls {@link SessionFeed#resume} when it can. */
        boolean isWritable();

        /** Nothing more will be delivered. The sink still closes the feed. */
        void ended(SessionFeed feed, End why);
    }

    /** Why a feed has ended. */
    public enum End {
        /** The session was closed, which was the last event that was delivered. */
        CLOSED("gone"),
        /** The session has expired, or another one has its code. */
        GONE("gone"),
        CREDENTIAL_ENDED("the credential has ended"),
        STOPPING("stopping"),
        /** A read failed for another reason than an unavailable store. */
        FAILED("failed");

        private final String words;

        End(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /**
     * The client of a feed.
     *
     * @param address the address that the limit per client counts; null for a channel, which has its own limits
     * @param admitted whether the client's credential is still valid
     */
    public record Subscriber(@Nullable String address, BooleanSupplier admitted) {
        public static Subscriber of(HttpServerRequest request, ClientAddresses addresses, Authenticator authenticator) {
            return new Subscriber(addresses.of(request), () -> authenticator.wouldStillAdmit(request));
        }
    }

    /** Reads the events of one session after a number, with {@code closed} at their end. */
    interface Reader {
        CompletionStage<Served<Events>> after(long incarnation, long seq);
    }

    /**
     * A session and the position in it from which a feed starts.
     *
     * @param after the number of the last event that the client has
     * @param first the events after it, as they were read; null if they were not
     */
    public record Watched(
            SessionKey key,
            long incarnation,
            long after,
            @Nullable Served<Events> first) {}

    private final SessionKey key;
    private final Reader reader;
    private final int pageMax;
    private final BooleanSupplier admitted;
    private final Sink sink;
    private final EventLoop loop = EventLoop.current();
    private final Wait wait;
    private long incarnation;
    private long sent;
    private boolean closed;
    private boolean behind;
    private @Nullable End end;

    /** @param pageMax the number of events that {@code reader} returns if there are more */
    SessionFeed(WaitRegistry registry, SessionKey key, Reader reader, int pageMax, Subscriber client, Sink sink) {
        this.key = key;
        this.reader = reader;
        this.pageMax = pageMax;
        this.admitted = client.admitted();
        this.sink = sink;
        this.wait = registry.join(key, client.address(), this);
    }

    /** The code of the session. */
    public String code() {
        return key.code().text();
    }

    /** Whether the feed was started for the session with this {@code incarnation}, not for another one with the same code. */
    public boolean isOf(long incarnation) {
        return this.incarnation == incarnation;
    }

    /**
     * Begins to deliver the events after number {@code after} of the session with this {@code incarnation}.
     *
     * @param first these events as they were read or written after the feed was opened; null if they are not known
     */
    public void start(long incarnation, long after, @Nullable Served<Events> first) {
        this.incarnation = incarnation;
        sent = after;
        if (closed) {
            return;
        }
        if (first != null) {
            wait.checkAtExpiry(delivered(first));
        }
        boolean isCurrent = first != null && first.node().primary(); // a replica may not have the last commits yet
        wait.begin(!isCurrent);
    }

    /** Continues after the sink was not writable. */
    public void resume() {
        if (behind) {
            behind = false;
            wait.wake();
        }
    }

    /** Whether the credential is still valid; if not, the feed ends. */
    public boolean checkCredential() {
        boolean valid = admitted.getAsBoolean();
        if (!valid) {
            end(End.CREDENTIAL_ENDED);
        }
        return valid;
    }

    /** Delivers nothing more, and no longer counts as a waiting request. Further calls do nothing. */
    public void close() {
        closed = true;
        wait.leave();
    }

    @Override
    public CompletionStage<Instant> check() {
        if (!isActive()) {
            return DONE;
        }
        return reader.after(incarnation, sent).handleAsync(this::received, loop);
    }

    @Override
    public @Nullable Instant accept(EventBatch commit) {
        if (!isActive()) {
            return Instant.MAX;
        }
        if (commit.continues(incarnation, sent)) {
            return deliver(commit);
        }
        return commit.isKnown(incarnation, sent) ? commit.expiresAt() : null;
    }

    /** Whether something can be delivered now. */
    private boolean isActive() {
        if (closed || end != null || !checkCredential()) {
            return false;
        }
        behind = !sink.isWritable();
        return !behind;
    }

    private Instant received(@Nullable Served<Events> read, @Nullable Throwable failure) {
        if (closed || end != null) {
            return Instant.MAX;
        }
        if (read != null) {
            behind = !read.result().list().isEmpty() && !sink.isWritable();
            return behind ? read.result().expiresAt() : delivered(read);
        }
        Throwable cause = failure == null ? null : Futures.cause(failure);
        if (cause instanceof SignalingException refusal && !(cause instanceof SessionNotFound)) {
            throw refusal; // a store that cannot be read now may be readable at the next check
        }
        return end(cause instanceof SessionNotFound ? End.GONE : End.FAILED);
    }

    private Instant delivered(Served<Events> read) {
        if (read.result().list().size() >= pageMax) {
            wait.wake(); // there may be more
        }
        return deliver(new EventBatch(read));
    }

    private Instant deliver(EventBatch batch) {
        Event last = batch.last();
        if (last != null) {
            sent = last.seq();
            sink.deliver(this, batch);
        }
        return last instanceof Event.Closed ? end(End.CLOSED) : batch.expiresAt();
    }

    @Override
    public CompletionStage<?> stop() {
        end(End.STOPPING);
        return DONE;
    }

    private Instant end(End why) {
        if (end == null && !closed) {
            end = why;
            sink.ended(this, why);
        }
        return Instant.MAX;
    }
}
