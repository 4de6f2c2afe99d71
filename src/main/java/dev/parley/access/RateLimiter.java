package dev.parley.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;

/**
 * A token bucket for each client: full at first and refilled continuously. A burst of the whole quota is granted after a pause, and
 * the quota per minute in the long run.
 *
 * <p>The number of buckets is bounded: the one that was unused for longest is evicted, and its client starts again with a full
 * bucket. A client with that many addresses is not restricted by a limit per address anyway.
 */
// Caffeine finds the classes of a cache by a name made of its options.
@RegisterForReflection(
        classNames = {"com.github.benmanes.caffeine.cache.PSAMS", "com.github.benmanes.caffeine.cache.SSMSA"})
public final class RateLimiter {
    /** The period of a quota. */
    public static final Duration WINDOW = Duration.ofMinutes(1);

    static final int BUCKETS_MAX = 100_000;

    private final String name;
    private final long quota;
    private final TimeMeter clock;
    private final Cache<String, Bucket> buckets;

    /**
     * @param name the name of the limit in replies
     * @param quota tokens per minute, at least 1
     */
    public RateLimiter(String name, long quota, Ticker ticker) {
        this(name, quota, WINDOW, ticker); // an unused bucket is full after that time
    }

    /** @param retention how long an unused bucket is kept; one with debt needs more than a window to fill */
    RateLimiter(String name, long quota, Duration retention, Ticker ticker) {
        this.name = name;
        this.quota = quota;
        this.clock = new MonotonicTime(ticker);
        this.buckets = Caffeine.newBuilder()
                .ticker(ticker)
                .expireAfterAccess(retention)
                .maximumSize(BUCKETS_MAX)
                .build();
    }

    /** Takes a token of {@code client} if there is one. */
    public ConsumptionProbe take(String client) {
        return take(client, 1);
    }

    /** Takes {@code tokens} of {@code client} if there are so many, else none. */
    public ConsumptionProbe take(String client, int tokens) {
        return buckets.get(client, this::full).tryConsumeAndReturnRemaining(tokens);
    }

    /** How long until {@code client} has a token; zero if it has one. Takes nothing. */
    Duration waitFor(String client) {
        Bucket bucket = buckets.getIfPresent(client);
        return bucket == null
                ? Duration.ZERO
                : Duration.ofNanos(bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill());
    }

    /** Takes a token of {@code client}, or a future one if there is none. */
    void takeInAdvance(String client) {
        buckets.get(client, this::full).consumeIgnoringRateLimits(1);
    }

    private Bucket full(String client) {
        return Bucket.builder()
                .withCustomTimePrecision(clock)
                .addLimit(limit -> limit.capacity(quota).refillGreedy(quota, WINDOW))
                .build();
    }

    public String name() {
        return name;
    }

    public long quota() {
        return quota;
    }

    /** Whole seconds, rounded up. */
    public static Duration wholeSeconds(Duration time) {
        return Duration.ofSeconds(time.plusSeconds(1).minusNanos(1).toSeconds());
    }

    /** The number of buckets. */
    long size() {
        buckets.cleanUp();
        return buckets.estimatedSize();
    }

    private record MonotonicTime(Ticker ticker) implements TimeMeter {
        @Override
        public long currentTimeNanos() {
            return ticker.read();
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }
}
