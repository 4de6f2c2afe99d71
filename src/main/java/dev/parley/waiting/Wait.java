package dev.parley.waiting;

import dev.parley.session.SessionKey;
import io.vertx.core.Context;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One waiting request: runs the steps of its waiter, one at a time, for as long as there are wake-ups and commits. */
public final class Wait {
    private static final long NONE = -1;
    private static final CompletionStage<?> DONE = CompletableFuture.completedStage(null);

    /** Maximum commits that are kept for the next step; after more the waiter reads. */
    private static final int COMMITS_MAX = 16;

    /** Until a failed check is repeated, since no commit may follow an outage of the store. */
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final Consumer<Wait> onLeave;
    private final SessionKey key;
    private final @Nullable String client;
    private final Waiter waiter;
    private final Context loop;
    private final InstantSource clock;
    private final Duration recheck;
    private final long recheckTimer;
    private final AtomicBoolean left = new AtomicBoolean();
    private final AtomicBoolean retrying = new AtomicBoolean();
    private volatile boolean stopping;
    private volatile long expiryTimer = NONE;
    private Instant expiryTimerAt = Instant.MAX;

    /** Whether a step is scheduled or running, or the wait has not begun. With the two fields below guarded by this object. */
    private boolean active = true;

    /** Whether the next step has to read, because something is new that the commits below do not contain. */
    private boolean unread;

    private List<EventBatch> commits = List.of();

    Wait(
            Consumer<Wait> onLeave,
            SessionKey key,
            @Nullable String client,
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

    /**
     * Begins to run the steps of the waiter; wake-ups and commits until then are kept for the first one.
     *
     * @param check whether the first step is a check, because of commits before the waiter was registered
     */
    public void begin(boolean check) {
        if (check) {
            wake();
        }
        stepAgain();
    }

    /** Schedules a check on the waiter's event loop; cheap for the caller. */
    public void wake() {
        schedule(null);
    }

    /** Schedules the acceptance of a commit on the waiter's event loop; cheap for the caller. */
    void committed(EventBatch commit) {
        schedule(commit);
    }

    void stop() {
        stopping = true;
        wake();
    }

    private void schedule(@Nullable EventBatch commit) {
        synchronized (this) {
            if (commit == null || commits.size() == COMMITS_MAX) {
                unread = true;
                commits = List.of(); // a check reads what they contain
            } else if (!unread) {
                commits = commits.isEmpty() ? new ArrayList<>(1) : commits;
                commits.add(commit);
            }
            if (active) {
                return;
            }
            active = true;
        }
        loop.runOnContext(now -> step());
    }

    private void step() {
        List<EventBatch> accepted;
        boolean read;
        synchronized (this) {
            accepted = commits;
            read = unread;
            commits = List.of();
            unread = false;
        }
        if (left.get()) {
            return;
        }
        try {
            step(accepted, read).whenComplete((done, failure) -> {
                if (failure != null) {
                    retry();
                }
                stepAgain();
            });
        } catch (RuntimeException e) {
            stepAgain();
            throw e;
        }
    }

    private CompletionStage<?> step(List<EventBatch> accepted, boolean read) {
        if (stopping) {
            return waiter.stop();
        }
        return read || !accepted.stream().allMatch(this::accept)
                ? waiter.check().thenAccept(this::checkAtExpiry)
                : DONE;
    }

    /** Whether the waiter needs no check because of {@code commit}. */
    private boolean accept(EventBatch commit) {
        Instant expiresAt = waiter.accept(commit);
        if (expiresAt != null) {
            checkAtExpiry(expiresAt);
        }
        return expiresAt != null;
    }

    private void retry() {
        if (retrying.compareAndSet(false, true)) {
            loop.owner().setTimer(RETRY.toMillis(), again -> {
                retrying.set(false);
                wake();
            });
        }
    }

    private void stepAgain() {
        synchronized (this) {
            if (!unread && commits.isEmpty()) {
                active = false;
                return;
            }
        }
        loop.runOnContext(now -> step()); // the check may have read before the commit of a later wake-up
    }

    /**
     * Schedules a check, because expiry is not a commit, so nothing is notified. A timer is not moved to a later time, because the
     * commits of two changes of it may come in any order; the check at the earlier time finds the later one.
     */
    public void checkAtExpiry(Instant expiresAt) {
        Instant now = clock.instant();
        if (expiresAt.isBefore(now.plus(recheck)) && expiresAt.isBefore(expiryTimerAt) && !left.get()) {
            long millis = Math.max(1, Duration.between(now, expiresAt).toMillis());
            loop.owner().cancelTimer(expiryTimer);
            expiryTimerAt = expiresAt;
            expiryTimer = loop.owner().setTimer(millis, expired -> {
                expiryTimerAt = Instant.MAX;
                wake();
            });
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

    @Nullable
    String client() {
        return client;
    }

    /**
     * What a waiting request does when it is woken. All methods are called on the request's event loop, and not again before the
     * returned stage is complete.
     */
    public interface Waiter {
        /**
         * Reads what is new in the session, and completes with the time at which the session expires. If the stage fails, nothing was
         * found, and the check is repeated after two seconds at the latest.
         */
        CompletionStage<Instant> check();

        /**
         * Uses the events of a commit in place of a check. Commits may be missing, repeated or in another order.
         *
         * @return the time at which the session expires; null if a check is needed
         */
        default @Nullable Instant accept(EventBatch commit) {
            return null;
        }

        /** The service is stopping: ends the request soon. */
        CompletionStage<?> stop();
    }
}
