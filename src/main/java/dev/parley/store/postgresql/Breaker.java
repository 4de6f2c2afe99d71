package dev.parley.store.postgresql;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether a replica is let at reads. A failure opens the breaker. After a pause a good look at the replica half-opens it: one
 * read at a time is let through, and the next good look or read closes it; a failure opens it again.
 */
final class Breaker {
    enum State {
        CLOSED,
        HALF_OPEN,
        OPEN
    }

    private final long pauseNanos;
    private final LongSupplier nanoTime;
    private State state = State.OPEN;
    private long openedAt;
    private boolean trying;

    /** Open, as a replica is not known to be good before it was looked at; without a pause the first time. */
    Breaker(Duration pause, LongSupplier nanoTime) {
        this.pauseNanos = pause.toNanos();
        this.nanoTime = nanoTime;
        this.openedAt = nanoTime.getAsLong() - pauseNanos;
    }

    synchronized State state() {
        return state;
    }

    /** Whether a read may go to the replica now; it then says how it went. */
    synchronized boolean admits() {
        return switch (state) {
            case CLOSED -> true;
            case OPEN -> false;
            case HALF_OPEN -> !trying && (trying = true);
        };
    }

    /** A look found the replica good. */
    synchronized void good() {
        switch (state) {
            case CLOSED -> {}
            case HALF_OPEN -> state = State.CLOSED;
            case OPEN -> {
                if (nanoTime.getAsLong() - openedAt >= pauseNanos) {
                    state = State.HALF_OPEN;
                    trying = false;
                }
            }
        }
    }

    /** A read succeeded; where it was the trial, the replica is back. */
    synchronized void served() {
        if (state == State.HALF_OPEN) {
            state = State.CLOSED;
        }
    }

    /** A look or a read failed, or the replica lags too far behind. */
    synchronized void bad() {
        state = State.OPEN;
        openedAt = nanoTime.getAsLong();
    }
}
