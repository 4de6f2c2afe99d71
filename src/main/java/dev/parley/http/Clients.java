package dev.parley.http;

import io.vertx.ext.web.RoutingContext;

/** The client's end of a reply that takes long: whose it is, and when it is over. */
final class Clients {
    private static final String WITHOUT_ADDRESS = "local";

    private Clients() {}

    /** Whose share of what is bounded is used: a network address. Clients at a Unix domain socket have none and count as one. */
    static String addressOf(RoutingContext client) {
        String address = client.request().remoteAddress().hostAddress();
        return address == null ? WITHOUT_ADDRESS : address;
    }

    /** Runs {@code task} once, when the client has its whole reply or has gone away, even if it went before this was called. */
    static void whenDone(RoutingContext client, Runnable task) {
        if (client.response().closed()) {
            task.run();
        } else {
            client.addEndHandler(end -> task.run());
        }
    }
}
