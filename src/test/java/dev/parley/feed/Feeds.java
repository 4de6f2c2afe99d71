package dev.parley.feed;

import dev.parley.session.SessionKey;
import dev.parley.store.Neighbours;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Feeds for tests of other rooms. */
public final class Feeds {
    private static final Vertx VERTX = Vertx.vertx();

    private Feeds() {}

    public static Feed nobodyWaits() {
        return new Feed(VERTX, new WaitBounds(1, 1, 1, Duration.ofMinutes(1)), Neighbours.NONE, InstantSource.system());
    }

    /** A feed whose waiters look when they are woken, and not by themselves. */
    public static Feed among(Neighbours neighbours) {
        return among(neighbours, InstantSource.system());
    }

    /** The same where sessions live by another clock. */
    public static Feed among(Neighbours neighbours, InstantSource clock) {
        return among(neighbours, clock, Duration.ofHours(1));
    }

    /** A feed whose waiters look by themselves, too, once in {@code recheck}. */
    public static Feed among(Neighbours neighbours, Duration recheck) {
        return among(neighbours, InstantSource.system(), recheck);
    }

    private static Feed among(Neighbours neighbours, InstantSource clock, Duration recheck) {
        return new Feed(VERTX, new WaitBounds(1_000, 1_000, 1_000, recheck), neighbours, clock);
    }

    /** Lets {@code waiter} wait from an event loop of its own. */
    public static Wait join(Feed feed, SessionKey key, Waiter waiter) {
        var joined = new CompletableFuture<Wait>();
        VERTX.getOrCreateContext().runOnContext(now -> {
            try {
                joined.complete(feed.join(key, "client", waiter));
            } catch (RuntimeException e) {
                joined.completeExceptionally(e);
            }
        });
        return joined.orTimeout(120, TimeUnit.SECONDS).join();
    }
}
