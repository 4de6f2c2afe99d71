package dev.parley.bench;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * What a load came to.
 *
 * @param latencies of the replies, in microseconds
 * @param failures replies of a status that was not expected
 */
public record LoadResult(Duration time, Histogram latencies, long failures) {
    public double perSecond() {
        return latencies.getTotalCount() * 1e9 / time.toNanos();
    }

    /** The latency in milliseconds that {@code percent} of the replies did not exceed. */
    public double millis(double percent) {
        return latencies.getValueAtPercentile(percent) / 1000.0;
    }
}
