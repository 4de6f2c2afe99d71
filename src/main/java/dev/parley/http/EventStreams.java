package dev.parley.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.access.ClientAddresses;
import dev.parley.access.Gate;
import dev.parley.feed.Feed;
import dev.parley.session.Events;
import dev.parley.session.SessionKey;
import dev.parley.signaling.Signaling;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** Opens streams of events; each is then a matter between its session, the feed and its client. */
@Singleton
public final class EventStreams {
    private final Signaling signaling;
    private final Feed feed;
    private final ClientAddresses addresses;
    private final Gate gate;
    private final EventFrames frames;
    private final int pageMax;
    private final Patience patience;
    private final AtomicInteger open = new AtomicInteger();

    public EventStreams(
            Signaling signaling,
            Feed feed,
            ClientAddresses addresses,
            Gate gate,
            ObjectMapper json,
            HttpSettings settings,
            Patience patience) {
        this.signaling = signaling;
        this.feed = feed;
        this.addresses = addresses;
        this.gate = gate;
        this.frames = new EventFrames(json);
        this.pageMax = settings.pageMax();
        this.patience = patience;
    }

    /** A stream of the events behind number {@code after}, ready to start; refused like any read, or where too many wait. */
    CompletionStage<Served<EventStream>> open(RoutingContext client, ReadFrom from, SessionKey key, long after) {
        var events = new EventsOf(signaling, key, pageMax, () -> gate.wouldStillAdmit(client.request()));
        return events.read(from, after)
                .thenApplyAsync(
                        first -> {
                            var stream = new EventStream(client, events, frames, after, first);
                            stream.join(feed, key, addresses.of(client.request()), patience.keepAlive());
                            open.incrementAndGet();
                            Clients.whenDone(client, open::decrementAndGet);
                            return first.with(stream);
                        },
                        EventLoop.current());
    }

    /** How many are open. */
    public int size() {
        return open.get();
    }

    /** @param welcome whether who reads may still do so; a stream outlives many a credential */
    private record EventsOf(Signaling signaling, SessionKey key, int pageMax, BooleanSupplier welcome)
            implements EventStream.Source {
        @Override
        public boolean isWelcome() {
            return welcome.getAsBoolean();
        }

        @Override
        public CompletionStage<Served<Events>> read(ReadFrom from, long after) {
            if (!isWelcome()) {
                return CompletableFuture.failedStage(new CredentialEnded());
            }
            return signaling.events(from, key, after, pageMax);
        }
    }
}
