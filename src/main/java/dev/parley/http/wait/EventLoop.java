package dev.parley.http.wait;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import java.util.concurrent.Executor;

/** The event loop of a request. A task runs immediately if it is submitted there, and later otherwise. */
public record EventLoop(Context context) implements Executor {
    public static EventLoop current() {
        return new EventLoop(Objects.requireNonNull(Vertx.currentContext()));
    }

    @Override
    public void execute(Runnable task) {
        if (Vertx.currentContext() == context) {
            task.run();
        } else {
            context.runOnContext(now -> task.run());
        }
    }

    /** Runs {@code task} once, when the client has the whole reply or has disconnected, even if it has already. */
    public static void whenDone(RoutingContext client, Runnable task) {
        if (client.response().closed()) {
            task.run();
        } else {
            client.addEndHandler(end -> task.run());
        }
    }
}
