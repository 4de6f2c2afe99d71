package dev.parley.http.wait;

import dev.parley.http.Clients;
import dev.parley.http.EventLoop;
import dev.parley.session.Event;
import dev.parley.session.Events;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.SessionNotFound;
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
 * One reply that never ends by itself: the events of a session as server-sent events (HTML standard, section 9.2). It ends when
 * the session or the service does, or when the client goes away.
 *
 * <p>All of it happens on the request's event loop. It holds no events: what the client has not taken yet is not read yet.
 */
public final class EventStream implements Waiter {
    private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

    /** Where the events come from. */
    interface Source {
        CompletionStage<Served<Events>> read(ReadFrom from, long after);

        /** How many a read gives at most. */
        int pageMax();

        /** Whether who reads may still do so. */
        boolean isWelcome();
    }

    private final RoutingContext client;
    private final HttpServerResponse response;
    private final EventLoop loop;
    private final Source source;
    private final EventFrames frames;
    private final long incarnation;
    private @Nullable Served<Events> first;
    private long seen;
    private boolean started;
    private boolean ended;
    private @Nullable Wait wait;

    /** @param first the events behind number {@code after} */
    EventStream(RoutingContext client, Source source, EventFrames frames, long after, Served<Events> first) {
        this.client = client;
        this.response = client.response();
        this.loop = EventLoop.current();
        this.source = source;
        this.frames = frames;
        this.incarnation = first.result().incarnation();
        this.first = first;
        this.seen = after;
    }

    /** Takes a place in the feed for the client at {@code address}, and gives it back when the reply has ended or the client has gone away. */
    void join(WaitRegistry feed, SessionKey key, String address, Duration keepAlive) {
        Wait place = feed.join(key, address, this);
        long timer = client.vertx().setPeriodic(keepAlive.toMillis(), silent -> keepAlive());
        Clients.whenDone(client, () -> {
            ended = true;
            client.vertx().cancelTimer(timer);
            place.leave();
        });
        wait = place;
    }

    /** Sends the head and what there is already. */
    void start() {
        Served<Events> begin = first;
        first = null;
        started = true;
        if (ended || begin == null) {
            return;
        }
        if (client.request().method().equals(HttpMethod.HEAD)) {
            end();
            return;
        }
        response.setChunked(true);
        response.write(frames.head());
        write(begin.bookmark(), begin.result().list());
        if (wait != null) {
            wait.wake();
        }
    }

    @Override
    public CompletionStage<Instant> look() {
        if (!started || ended) {
            return CompletableFuture.completedStage(Instant.MAX);
        }
        return source.read(ReadFrom.PRIMARY, seen)
                .thenApply(this::ofThisSession)
                .handleAsync(this::tell, loop)
                .thenCompose(expiry -> whenTaken()
                        .thenCompose(taken -> expiry == null ? look() : CompletableFuture.completedStage(expiry)));
    }

    /** Another session that has the code since is none that this stream tells of. */
    private Served<Events> ofThisSession(Served<Events> news) {
        if (news.result().incarnation() != incarnation) {
            throw new SessionNotFound();
        }
        return news;
    }

    /** Returns when the session expires, or null where there may be more to read first. */
    private @Nullable Instant tell(@Nullable Served<Events> news, @Nullable Throwable failure) {
        if (ended) {
            return Instant.MAX;
        }
        if (news != null) {
            Events events = news.result();
            write(news.bookmark(), events.list());
            return events.list().size() >= source.pageMax() ? null : events.expiresAt();
        }
        if (failure != null && Futures.cause(failure) instanceof SignalingException refusal) {
            throw refusal; // a store that cannot be read just now may be back at the next look
        }
        end("failed"); // who comes again is told why
        return Instant.MAX;
    }

    private void write(String bookmark, List<Event> events) {
        if (!events.isEmpty()) {
            seen = events.get(events.size() - 1).seq();
            Buffer buffer = frames.bookmark(bookmark);
            events.forEach(event -> buffer.appendBuffer(frames.event(incarnation, event)));
            response.write(buffer);
        }
    }

    /** Done when the client has taken enough of what was sent to take more. */
    private CompletionStage<Void> whenTaken() {
        if (ended || !response.writeQueueFull()) {
            return DONE;
        }
        var taken = new CompletableFuture<Void>();
        response.drainHandler(drained -> taken.complete(null));
        return taken;
    }

    @Override
    public CompletionStage<Void> closed(Served<Event.Closed> last) {
        if (!ended && started && last.result().seq() > seen) {
            write(last.bookmark(), List.of(last.result()));
        }
        return end("gone");
    }

    @Override
    public CompletionStage<Void> gone() {
        return end("gone");
    }

    @Override
    public CompletionStage<Void> stop() {
        return end("stopping");
    }

    private void keepAlive() {
        if (started && !ended && !source.isWelcome()) {
            end("the credential has ended");
        } else if (started && !ended && !response.writeQueueFull()) {
            response.write(frames.comment("still here"));
        }
    }

    private CompletionStage<Void> end(String why) {
        if (!ended) {
            ended = true;
            response.end(frames.comment(why));
        }
        return DONE;
    }

    private void end() {
        ended = true;
        response.end();
    }
}
