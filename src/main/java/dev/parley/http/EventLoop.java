package dev.parley.http;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.Objects;
import java.util.concurrent.Executor;

/** The event loop of a request: what runs there runs at once where it is called there, else soon. */
public record EventLoop(Context context) implements Executor {
    /** The loop that this is called on. */
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
}
