package dev.parley.feed;

import dev.parley.session.Event;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.store.Served;
import io.vertx.core.Context;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A place in the {@link Feed}: lets one waiter look, one look after the other, for as long as there are wake-ups. */
public final class Wait {
    private final Feed feed;
    private final SessionKey key;
    private final String client;
    private final Waiter waiter;
    private final Context loop;
    private final long recheck;

    /** Wake-ups that no look has answered yet. Who makes it 1 starts a look; who comes while one is on its way is counted. */
    private final AtomicInteger wakes = new AtomicInteger();

    private final AtomicBoolean left = new AtomicBoolean();

    /** What ends the wait, in place of the next look. */
    private volatile @Nullable Supplier<CompletionStage<?>> end;

    /** What was told last of a deletion: of this session's, or of another's that had the code before. */
    private final AtomicReference<@Nullable Served<Event.Closed>> closing = new AtomicReference<>();

    private boolean missed;

    Wait(Feed feed, SessionKey key, String client, Waiter waiter, Context loop, long recheckMillis) {
        this.feed = feed;
        this.key = key;
        this.client = client;
        this.waiter = waiter;
        this.loop = loop;
        this.recheck = loop.owner().setPeriodic(recheckMillis, again -> wake());
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
        (last == null ? waiter.look() : last.get()).whenComplete((done, failure) -> {
            weigh(told, failure);
            if (!wakes.compareAndSet(answered, 0)) {
                loop.runOnContext(now -> look()); // what woke it since may have come too late for this look
            }
        });
    }

    /**
     * One look that finds no session may come between the commit of its deletion and the notice, which tells more. When the
     * second finds none there was no notice. A look that does find it, after the notice had come, tells that this was of another.
     */
    private void weigh(@Nullable Served<Event.Closed> told, @Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        boolean missing = cause instanceof SessionNotFound;
        Served<Event.Closed> last = closing.get();
        if (end == null && missing && last != null) {
            endWith(() -> waiter.closed(last));
        } else if (end == null && missing && missed) {
            endWith(waiter::gone);
        } else if (failure == null) {
            closing.compareAndSet(told, null);
        }
        missed = missing;
    }

    /** Gives the place back; nothing of the wait remains. May be called again. */
    public void leave() {
        if (left.compareAndSet(false, true)) {
            loop.owner().cancelTimer(recheck);
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
