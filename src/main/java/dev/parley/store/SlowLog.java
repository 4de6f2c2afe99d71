package dev.parley.store;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Logs slow statements by name; their values are secret.
 *
 * <p>A statement that is slow again within ten seconds is counted, and its next line reports the count.
 */
public final class SlowLog {
    private static final Logger LOG = Logger.getLogger("dev.parley.slow");
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Logs nothing, and reads no clock. */
    public static final SlowLog OFF = new SlowLog(Long.MAX_VALUE, System::nanoTime, Map.of());

    private final long thresholdNanos;
    private final LongSupplier nanoTime;
    private final Map<String, Repeats> repeats;

    /** @param threshold the duration from which on a statement is slow, above zero */
    public SlowLog(Duration threshold) {
        this(threshold, System::nanoTime);
    }

    SlowLog(Duration threshold, LongSupplier nanoTime) {
        this(threshold.toNanos(), nanoTime, new ConcurrentHashMap<>());
    }

    private SlowLog(long thresholdNanos, LongSupplier nanoTime, Map<String, Repeats> repeats) {
        this.thresholdNanos = thresholdNanos;
        this.nanoTime = nanoTime;
        this.repeats = repeats;
    }

    /** The same for a server with a network round trip of {@code roundTrip}. */
    public SlowLog from(Duration roundTrip) {
        return isOff() ? this : new SlowLog(thresholdNanos + roundTrip.toNanos(), nanoTime, repeats);
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
            repeats.computeIfAbsent(name, Repeats::new).add(now - began, now);
        }
    }

    private boolean isOff() {
        return thresholdNanos == Long.MAX_VALUE;
    }

    /** The slow runs of one statement since its last line. */
    private static final class Repeats {
        private final String name;
        private boolean logged;
        private long loggedAt;
        private int count;
        private long longest;

        Repeats(String name) {
            this.name = name;
        }

        synchronized void add(long nanos, long now) {
            if (logged && now - loggedAt < PAUSE_NANOS) {
                count++;
                longest = Math.max(longest, nanos);
                return;
            }
            if (count == 0) {
                LOG.warnf("Slow: %s took %d ms", name, millis(nanos));
            } else {
                LOG.warnf(
                        "Slow: %s took %d ms; since the last such line it was slow %d more times, %d ms at most",
                        name, millis(nanos), count, millis(longest));
            }
            logged = true;
            loggedAt = now;
            count = 0;
            longest = 0;
        }

        private static long millis(long nanos) {
            return TimeUnit.NANOSECONDS.toMillis(nanos);
        }
    }
}
