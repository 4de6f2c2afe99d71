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
        endWith(() -> waiter.closed(last));
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
        Supplier<CompletionStage<?>> last = end;
        (last == null ? waiter.look() : last.get()).whenComplete((done, failure) -> {
            weigh(failure);
            if (!wakes.compareAndSet(answered, 0)) {
                loop.runOnContext(now -> look()); // what woke it since may have come too late for this look
            }
        });
    }

    /**
     * One look that finds no session may come between the commit of its deletion and the notice, which tells more. When the
     * second finds none there was no notice.
     */
    private void weigh(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        boolean missing = cause instanceof SessionNotFound;
        if (missing && missed && end == null) {
            endWith(waiter::gone);
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
