package dev.parley.http;

import io.vertx.ext.web.RoutingContext;

/** The client's end of a reply that takes long. */
public final class Clients {
    private Clients() {}

    /** Runs {@code task} once, when the client has its whole reply or has gone away, even if it went before this was called. */
    public static void whenDone(RoutingContext client, Runnable task) {
        if (client.response().closed()) {
            task.run();
        } else {
            client.addEndHandler(end -> task.run());
        }
    }
}
