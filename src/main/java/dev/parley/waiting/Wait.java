package dev.parley.waiting;

import dev.parley.session.Event;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.store.Futures;
import dev.parley.store.Served;
import io.vertx.core.Context;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A place in the {@link WaitRegistry}: lets one waiter look, one look after the other, for as long as there are wake-ups. */
public final class Wait {
    private static final long NONE = -1;

    /** How long the notice of a deletion may take to follow the deletion. */
    private static final Duration NOTICE_MAX = Duration.ofMillis(500);

    private final WaitRegistry feed;
    private final SessionKey key;
    private final String client;
    private final Waiter waiter;
    private final Context loop;
    private final InstantSource clock;
    private final Duration recheck;
    private final long recheckTimer;

    /** Wake-ups that no look has answered yet. Who makes it 1 starts a look; who comes while one is on its way is counted. */
    private final AtomicInteger wakes = new AtomicInteger();

    private final AtomicBoolean left = new AtomicBoolean();

    /** What ends the wait, in place of the next look. */
    private volatile @Nullable Supplier<CompletionStage<?>> end;

    /** What was told last of a deletion: of this session's, or of another's that had the code before. */
    private final AtomicReference<@Nullable Served<Event.Closed>> closing = new AtomicReference<>();

    private boolean missed;

    /** Looks when the session should have expired, where that is before the next look of itself. */
    private volatile long endTimer = NONE;

    Wait(
            WaitRegistry feed,
            SessionKey key,
            String client,
            Waiter waiter,
            Context loop,
            InstantSource clock,
            Duration recheck) {
        this.feed = feed;
        this.key = key;
        this.client = client;
        this.waiter = waiter;
        this.loop = loop;
        this.clock = clock;
        this.recheck = recheck;
        this.recheckTimer = loop.owner().setPeriodic(recheck.toMillis(), again -> wake());
    }

    /** Makes the waiter look, soon, on its event loop. Costs the caller next to nothing. */
    public void wake() {
        if (wakes.getAndIncrement() == 0) {
            loop.runOnContext(now -> look());
        }
    }

    void close(Served<Event.Closed> last) {
        closing.set(last);
        wake();
    }

    void stop() {
        endWith(waiter::stop);
    }

    private void endWith(Supplier<CompletionStage<?>> how) {
        end = how;
        wake();
    }

    private void look() {
        if (left.get()) {
            return;
        }
        int answered = wakes.get();
        Served<Event.Closed> told = closing.get();
        Supplier<CompletionStage<?>> last = end;
        CompletionStage<?> look = last == null ? waiter.look().thenAccept(this::expectEnd) : last.get();
        look.whenComplete((done, failure) -> {
            weigh(told, failure);
            if (!wakes.compareAndSet(answered, 0)) {
                loop.runOnContext(now -> look()); // what woke it since may have come too late for this look
            }
        });
    }

    /**
     * One look that finds no session may come between the commit of its deletion and the notice, which tells more. When the
     * second finds none, a while later, there was no notice. A look that does find it, after the notice had come, tells that this
     * was of another.
     */
    private void weigh(@Nullable Served<Event.Closed> told, @Nullable Throwable failure) {
        boolean missing = failure != null && Futures.cause(failure) instanceof SessionNotFound;
        Served<Event.Closed> last = closing.get();
        if (end == null && missing && last != null) {
            endWith(() -> waiter.closed(last));
        } else if (end == null && missing && missed) {
            endWith(waiter::gone);
        } else if (end == null && missing) {
            lookIn(NOTICE_MAX);
        } else if (failure == null) {
            closing.compareAndSet(told, null);
        }
        missed = missing;
    }

    /** That a session expires is no commit, and nobody tells of it. */
    private void expectEnd(Instant expiresAt) {
        Instant now = clock.instant();
        if (expiresAt.isBefore(now.plus(recheck))) {
            lookIn(Duration.between(now, expiresAt));
        }
    }

    private void lookIn(Duration time) {
        if (time.compareTo(recheck) < 0 && !left.get()) {
            loop.owner().cancelTimer(endTimer);
            endTimer = loop.owner().setTimer(Math.max(1, time.toMillis()), end -> wake());
            if (left.get()) { // meanwhile, and perhaps before there was this timer
                loop.owner().cancelTimer(endTimer);
            }
        }
    }

    /** Gives the place back; nothing of the wait remains. May be called again. */
    public void leave() {
        if (left.compareAndSet(false, true)) {
            loop.owner().cancelTimer(recheckTimer);
            loop.owner().cancelTimer(endTimer);
            feed.remove(this);
        }
    }

    SessionKey key() {
        return key;
    }

    String client() {
        return client;
    }
}
