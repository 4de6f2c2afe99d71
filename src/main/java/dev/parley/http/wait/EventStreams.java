package dev.parley.http.wait;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.http.Clients;
import dev.parley.http.EventLoop;
import dev.parley.http.HttpSettings;
import dev.parley.http.access.Authenticator;
import dev.parley.http.access.ClientAddresses;
import dev.parley.http.access.CredentialEnded;
import dev.parley.session.Events;
import dev.parley.session.SessionKey;
import dev.parley.signaling.Signaling;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.waiting.WaitRegistry;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Opens streams of events; each is then a matter between its session, the feed and its client. */
@Singleton
public final class EventStreams {
    private final Signaling signaling;
    private final WaitRegistry feed;
    private final ClientAddresses addresses;
    private final Authenticator gate;
    private final EventFrames frames;
    private final int pageMax;
    private final WaitDurations patience;
    private final AtomicInteger open = new AtomicInteger();

    public EventStreams(
            Signaling signaling,
            WaitRegistry feed,
            ClientAddresses addresses,
            Authenticator gate,
            ObjectMapper json,
            HttpSettings settings,
            WaitDurations patience) {
        this.signaling = signaling;
        this.feed = feed;
        this.addresses = addresses;
        this.gate = gate;
        this.frames = new EventFrames(json);
        this.pageMax = settings.pageMax();
        this.patience = patience;
    }

    /**
     * A stream of the events behind number {@code after}, ready to start; refused like any read, or where too many wait.
     *
     * @param last the last event that the client received, in place of {@code after}; where it is another session's, the stream
     *     starts from the beginning
     */
    public CompletionStage<Served<EventStream>> open(
            RoutingContext client, ReadFrom from, SessionKey key, long after, @Nullable EventId last) {
        var events = new EventsOf(signaling, key, pageMax, () -> gate.wouldStillAdmit(client.request()));
        long asked = last == null ? after : last.seq();
        return events.read(from, asked)
                .thenCompose(first ->
                        last == null || asked == 0 || last.isOf(first.result().incarnation())
                                ? CompletableFuture.completedStage(new Start(asked, first))
                                : events.read(from, 0).thenApply(whole -> new Start(0, whole)))
                .thenApplyAsync(
                        start -> {
                            Served<Events> first = start.first();
                            var stream = new EventStream(client, events, frames, start.after(), first);
                            stream.join(feed, key, addresses.of(client.request()), patience.keepAlive());
                            open.incrementAndGet();
                            Clients.whenDone(client, open::decrementAndGet);
                            return first.with(stream);
                        },
                        EventLoop.current());
    }

    /** @param first the events behind number {@code after} */
    private record Start(long after, Served<Events> first) {}

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
