package dev.parley.http.wait;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.http.HttpConfig;
import dev.parley.http.access.Authenticator;
import dev.parley.http.access.ClientAddresses;
import dev.parley.session.Events;
import dev.parley.session.SessionKey;
import dev.parley.signaling.Signaling;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.waiting.WaitConfig;
import dev.parley.waiting.WaitRegistry;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Opens event streams and counts them. */
@Singleton
public final class EventStreams {
    private final EventStream.Context context;
    private final AtomicInteger open = new AtomicInteger();

    public EventStreams(
            Signaling signaling,
            WaitRegistry registry,
            ClientAddresses addresses,
            Authenticator authenticator,
            ObjectMapper json,
            HttpConfig config,
            WaitConfig waiting) {
        context = new EventStream.Context(
                signaling, registry, addresses, authenticator, json, config.pageMax(), waiting.keepAlive());
    }

    /**
     * A stream of the events behind number {@code after}, not started yet; fails as a read does, and where too many requests wait.
     *
     * @param last the last event that the client received, which replaces {@code after}; if it belongs to another session, the stream
     *     starts from the beginning
     */
    public CompletionStage<Served<EventStream>> open(
            RoutingContext client, ReadFrom from, SessionKey key, long after, @Nullable EventId last) {
        if (last == null || last.seq() == 0) {
            return open(client, from, key, last == null ? after : 0);
        }
        return context.signaling()
                .events(from, key, last.seq(), context.pageMax())
                .thenComposeAsync(
                        first -> last.isOf(first.result().incarnation())
                                ? CompletableFuture.completedStage(opened(client, key, last.seq(), first))
                                : open(client, from, key, 0),
                        EventLoop.current());
    }

    private CompletionStage<Served<EventStream>> open(
            RoutingContext client, ReadFrom from, SessionKey key, long after) {
        return context.signaling()
                .events(from, key, after, context.pageMax())
                .thenApplyAsync(first -> opened(client, key, after, first), EventLoop.current());
    }

    private Served<EventStream> opened(RoutingContext client, SessionKey key, long after, Served<Events> first) {
        var stream = new EventStream(context, client, key, after, first);
        stream.join();
        open.incrementAndGet();
        EventLoop.whenDone(client, open::decrementAndGet);
        return first.with(stream);
    }

    /** The number of open streams. */
    public int size() {
        return open.get();
    }
}
