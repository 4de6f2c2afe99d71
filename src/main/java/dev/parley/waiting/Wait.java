package dev.parley.waiting;

import dev.parley.session.SessionKey;
import io.vertx.core.Context;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** One waiting request: runs the checks of its waiter, one at a time, for as long as there are wake-ups. */
public final class Wait {
    private static final long NONE = -1;

    private final Consumer<Wait> onLeave;
    private final SessionKey key;
    private final String client;
    private final Waiter waiter;
    private final Context loop;
    private final InstantSource clock;
    private final Duration recheck;
    private final long recheckTimer;

    /** Wake-ups since the last check began. The one that makes it 1 starts a check; those during a check are only counted. */
    private final AtomicInteger wakes = new AtomicInteger();

    private final AtomicBoolean left = new AtomicBoolean();
    private volatile boolean stopping;
    private volatile long expiryTimer = NONE;

    Wait(
            Consumer<Wait> onLeave,
            SessionKey key,
            String client,
            Waiter waiter,
            Context loop,
            InstantSource clock,
            Duration recheck) {
        this.onLeave = onLeave;
        this.key = key;
        this.client = client;
        this.waiter = waiter;
        this.loop = loop;
        this.clock = clock;
        this.recheck = recheck;
        this.recheckTimer = loop.owner().setPeriodic(recheck.toMillis(), again -> wake());
    }

    /** Schedules a check on the waiter's event loop; cheap for the caller. */
    public void wake() {
        if (wakes.getAndIncrement() == 0) {
            loop.runOnContext(now -> check());
        }
    }

    void stop() {
        stopping = true;
        wake();
    }

    private void check() {
        if (left.get()) {
            return;
        }
        int answered = wakes.get();
        CompletionStage<?> check = stopping ? waiter.stop() : waiter.check().thenAccept(this::checkAtExpiry);
        check.whenComplete((done, failure) -> {
            if (!wakes.compareAndSet(answered, 0)) {
                loop.runOnContext(now -> check()); // the check may have read before the commit of a later wake-up
            }
        });
    }

    /** Expiry is not a commit, so nothing is notified. */
    private void checkAtExpiry(Instant expiresAt) {
        Instant now = clock.instant();
        if (expiresAt.isBefore(now.plus(recheck)) && !left.get()) {
            long millis = Math.max(1, Duration.between(now, expiresAt).toMillis());
            loop.owner().cancelTimer(expiryTimer);
            expiryTimer = loop.owner().setTimer(millis, expired -> wake());
            if (left.get()) { // on another thread, perhaps before the timer was set
                loop.owner().cancelTimer(expiryTimer);
            }
        }
    }

    /** Removes the entry and its timers. Further calls do nothing. */
    public void leave() {
        if (left.compareAndSet(false, true)) {
            loop.owner().cancelTimer(recheckTimer);
            loop.owner().cancelTimer(expiryTimer);
            onLeave.accept(this);
        }
    }

    SessionKey key() {
        return key;
    }

    String client() {
        return client;
    }

    /**
     * What a waiting request does when it is woken. Both methods are called on the request's event loop, and not again before the
     * returned stage is complete.
     */
    public interface Waiter {
        /**
         * Reads what is new in the session, and completes with the time at which the session expires. If the stage fails, nothing was
         * found, and the next check tries again.
         */
        CompletionStage<Instant> check();

        /** The service is stopping: ends the request soon. */
        CompletionStage<?> stop();
    }
}
