package dev.parley.store;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Logs slow statements by name; their values are secret.
 *
 * <p>A statement that is slow again within ten seconds is counted, and its next line reports the count.
 */
public final class SlowLog {
    private static final Logger LOG = Logger.getLogger("dev.parley.slow");
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Logs nothing, and reads no clock. */
    public static final SlowLog OFF = new SlowLog(Long.MAX_VALUE, System::nanoTime, new ConcurrentHashMap<>());

    private final long thresholdNanos;
    private final LongSupplier nanoTime;
    private final ConcurrentHashMap<String, Logged> logged;

    /**
     * The last line of a statement, and the slow runs since.
     *
     * @param longest of these runs, in nanoseconds
     */
    private record Logged(long at, int count, long longest) {}

    /** @param threshold the duration from which on a statement is slow, above zero */
    public SlowLog(Duration threshold) {
        this(threshold, System::nanoTime);
    }

    SlowLog(Duration threshold, LongSupplier nanoTime) {
        this(threshold.toNanos(), nanoTime, new ConcurrentHashMap<>());
    }

    private SlowLog(long thresholdNanos, LongSupplier nanoTime, ConcurrentHashMap<String, Logged> logged) {
        this.thresholdNanos = thresholdNanos;
        this.nanoTime = nanoTime;
        this.logged = logged;
    }

    /** The same for a server with a network round trip of {@code roundTrip}. */
    public SlowLog from(Duration roundTrip) {
        return isOff() ? this : new SlowLog(thresholdNanos + roundTrip.toNanos(), nanoTime, logged);
    }

    private boolean isOff() {
        return thresholdNanos == Long.MAX_VALUE;
    }

    /** The start of a statement, for {@link #ended}. */
    public long began() {
        return isOff() ? 0 : nanoTime.getAsLong();
    }

    /** Records the end of a statement that began at {@code began}, whether it succeeded or not. */
    public void ended(String name, long began) {
        if (isOff()) {
            return;
        }
        long now = nanoTime.getAsLong();
        if (now - began >= thresholdNanos) {
            logged.compute(name, (same, last) -> log(name, last, now - began, now));
        }
    }

    private static Logged log(String name, @Nullable Logged last, long nanos, long now) {
        if (last != null && now - last.at < PAUSE_NANOS) {
            return new Logged(last.at, last.count + 1, Math.max(last.longest, nanos));
        }
        String more = last == null || last.count == 0
                ? ""
                : "; since the last such line it was slow %d more times, %d ms at most"
                        .formatted(last.count, TimeUnit.NANOSECONDS.toMillis(last.longest));
        LOG.warnf("Slow: %s took %d ms%s", name, TimeUnit.NANOSECONDS.toMillis(nanos), more);
        return new Logged(now, 0, 0);
    }
}
