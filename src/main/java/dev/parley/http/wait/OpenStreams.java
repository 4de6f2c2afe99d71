package dev.parley.http.wait;

import dev.parley.http.access.Authenticator;
import dev.parley.http.access.ClientAddresses;
import dev.parley.http.wait.SessionFeed.Subscriber;
import dev.parley.waiting.WaitConfig;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps the event streams of all kinds open, and counts them. */
@Singleton
public final class OpenStreams {
    private final ClientAddresses addresses;
    private final Authenticator authenticator;
    private final Duration interval;
    private final AtomicInteger open = new AtomicInteger();

    public OpenStreams(ClientAddresses addresses, Authenticator authenticator, WaitConfig waiting) {
        this.addresses = addresses;
        this.authenticator = authenticator;
        this.interval = waiting.keepAlive();
    }

    /** The number of open streams. */
    public int size() {
        return open.get();
    }

    Subscriber subscriber(RoutingContext client) {
        return Subscriber.of(client.request(), addresses, authenticator);
    }

    /** Counts {@code stream}, and keeps it alive, until the reply has ended or the client has disconnected; then runs {@code release}. */
    void add(RoutingContext client, StreamedReply stream, Runnable release) {
        long timer = client.vertx().setPeriodic(interval.toMillis(), silent -> stream.keepAlive());
        open.incrementAndGet();
        EventLoop.whenDone(client, () -> {
            client.vertx().cancelTimer(timer);
            release.run();
            open.decrementAndGet();
        });
    }
}
