package dev.parley.waiting;

import dev.parley.session.SessionKey;
import dev.parley.waiting.Wait.Waiter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Registries for the tests of other packages. */
public final class TestWaitRegistries {
    private static final Vertx VERTX = Vertx.vertx();

    private TestWaitRegistries() {}

    public static WaitRegistry nobodyWaits() {
        return new WaitRegistry(
                VERTX,
                new TestWaitConfig(1, 1, 1, Duration.ofMinutes(1)),
                NodeNotifications.NONE,
                InstantSource.system());
    }

    /** A registry whose waiters check only when they are woken. */
    public static WaitRegistry among(NodeNotifications neighbours) {
        return among(neighbours, InstantSource.system());
    }

    /** The same with another clock. */
    public static WaitRegistry among(NodeNotifications neighbours, InstantSource clock) {
        return among(neighbours, clock, Duration.ofHours(1));
    }

    /** A registry whose waiters also check once in {@code recheck}. */
    public static WaitRegistry among(NodeNotifications neighbours, Duration recheck) {
        return among(neighbours, InstantSource.system(), recheck);
    }

    private static WaitRegistry among(NodeNotifications neighbours, InstantSource clock, Duration recheck) {
        return new WaitRegistry(VERTX, new TestWaitConfig(1_000, 1_000, 1_000, recheck), neighbours, clock);
    }

    /** Whether no trace of any waiting request remains. */
    public static boolean isEmpty(WaitRegistry registry) {
        return registry.isEmpty();
    }

    /** Registers {@code waiter} on an event loop of its own. */
    public static Wait join(WaitRegistry registry, SessionKey key, Waiter waiter) {
        return onLoop(newLoop(), () -> {
            Wait wait = registry.join(key, "client", waiter);
            wait.begin(false);
            return wait;
        });
    }

    public static Context newLoop() {
        return VERTX.getOrCreateContext();
    }

    /** The result of {@code task} on {@code loop}. */
    public static <T> T onLoop(Context loop, Supplier<T> task) {
        var result = new CompletableFuture<T>();
        loop.runOnContext(now -> {
            try {
                result.complete(task.get());
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result.orTimeout(120, TimeUnit.SECONDS).join();
    }
}
