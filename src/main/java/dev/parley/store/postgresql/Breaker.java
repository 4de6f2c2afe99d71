package dev.parley.store.postgresql;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The circuit breaker of a replica: closed while reads may go there. A failure opens it, and the first good probe after a pause
 * closes it, so the probe is the trial and no read is risked. Open at first, because a replica is not good before it was probed.
 */
final class Breaker {
    private final long pauseNanos;
    private final LongSupplier nanoTime;
    private volatile boolean closed;
    private long openedAt;

    /** @param pause how long the breaker stays open after a failure, whatever probes find; none before the first probe */
    Breaker(Duration pause, LongSupplier nanoTime) {
        this.pauseNanos = pause.toNanos();
        this.nanoTime = nanoTime;
        this.openedAt = nanoTime.getAsLong() - pauseNanos;
    }

    boolean isClosed() {
        return closed;
    }

    /** A probe succeeded. */
    synchronized void succeed() {
        closed = closed || nanoTime.getAsLong() - openedAt >= pauseNanos;
    }

    /** A probe or a read failed, or the replica lags too far behind. */
    synchronized void fail() {
        closed = false;
        openedAt = nanoTime.getAsLong();
    }
}
