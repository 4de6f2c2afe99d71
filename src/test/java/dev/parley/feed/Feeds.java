package dev.parley.feed;

import io.vertx.core.Vertx;
import java.time.Duration;

/** Feeds for tests in which nobody waits. */
public final class Feeds {
    private static final Vertx VERTX = Vertx.vertx();

    private Feeds() {}

    public static Feed nobodyWaits() {
        return new Feed(VERTX, new WaitBounds(1, 1, 1, Duration.ofMinutes(1)));
    }
}
