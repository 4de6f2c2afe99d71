package dev.parley.store;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Tells the log which statements took long, by their names: their text says nothing that the name does not, their values are secret. */
public final class SlowLog {
    private static final Logger LOG = Logger.getLogger("dev.parley.slow");

    /** Tells nothing and looks at no clock. */
    public static final SlowLog OFF = new SlowLog(Long.MAX_VALUE);

    /** What a search of the repository is called, whose statements the persistence unit makes. */
    public static final String BROWSE = "browse";

    private final long thresholdNanos;

    /** @param threshold from when on a statement is slow, above zero */
    public SlowLog(Duration threshold) {
        this(threshold.toNanos());
    }

    private SlowLog(long thresholdNanos) {
        this.thresholdNanos = thresholdNanos;
    }

    /** When something begins, for {@link #ended}. */
    public long began() {
        return thresholdNanos == Long.MAX_VALUE ? 0 : System.nanoTime();
    }

    /** Something has ended that began at {@code began}, whether well or not. */
    public void ended(String name, long began) {
        if (thresholdNanos != Long.MAX_VALUE) {
            long nanos = System.nanoTime() - began;
            if (nanos >= thresholdNanos) {
                LOG.warnf("Slow: %s took %d ms", name, TimeUnit.NANOSECONDS.toMillis(nanos));
            }
        }
    }
}
