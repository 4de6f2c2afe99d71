package dev.parley.http.wait;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.http.HttpConfig;
import dev.parley.http.access.Authenticator;
import dev.parley.http.access.ClientAddresses;
import dev.parley.http.access.CredentialEnded;
import dev.parley.session.Events;
import dev.parley.session.SessionKey;
import dev.parley.signaling.Signaling;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.waiting.Wait;
import dev.parley.waiting.WaitConfig;
import dev.parley.waiting.WaitRegistry;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Opens event streams, and gives them what they share. */
@Singleton
public final class EventStreams {
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
        return signaling
                .events(from, key, last.seq(), pageMax)
                .thenComposeAsync(
                        first -> last.isOf(first.result().incarnation())
                                ? CompletableFuture.completedStage(opened(client, key, last.seq(), first))
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
        var stream = new EventStream(this, client, key, after, first);
        stream.join();
        open.incrementAndGet();
        EventLoop.whenDone(client, open::decrementAndGet);
        return first.with(stream);
    }

    /** The number of open streams. */
    public int size() {
        return open.get();
    }

    Wait join(RoutingContext client, SessionKey key, EventStream stream) {
        return registry.join(key, addresses.of(client.request()), stream);
    }

    /** A stream may outlive the credential that it was opened with. */
    boolean isAdmitted(RoutingContext client) {
        return authenticator.wouldStillAdmit(client.request());
    }

    CompletionStage<Served<Events>> readIfAdmitted(
            RoutingContext client, Supplier<CompletionStage<Served<Events>>> read) {
        return isAdmitted(client) ? read.get() : CompletableFuture.failedStage(new CredentialEnded());
    }

    Signaling signaling() {
        return signaling;
    }

    ObjectMapper json() {
        return json;
    }

    int pageMax() {
        return pageMax;
    }

    Duration keepAlive() {
        return keepAlive;
    }
}
