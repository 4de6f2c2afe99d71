package dev.parley.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;

/**
 * How often each may do something: a bucket of tokens for each, full at first and filled steadily, so that after a rest a burst is
 * taken, and in the long run no more than the quota a minute.
 *
 * <p>Of so many callers at once the buckets are known; who has not come for longest is forgotten first, and begins with a full
 * bucket when it comes again. So memory is bounded, and whoever has that many addresses is not held by a limit an address anyway.
 */
public final class RateLimiter {
    /** The time that a quota is for. */
    public static final Duration WINDOW = Duration.ofMinutes(1);

    static final int KNOWN_MAX = 100_000;

    private final String name;
    private final long quota;
    private final TimeMeter clock;
    private final Cache<String, Bucket> buckets;

    /**
     * @param name by which replies speak of it
     * @param quota how often a minute, at least once
     * @param ticker the time that passes
     */
    public RateLimiter(String name, long quota, Ticker ticker) {
        this(name, quota, WINDOW, ticker); // by then a bucket is full again
    }

    /** @param remembered how long a bucket is kept that nobody asks for; one with a debt fills only in more than a window */
    RateLimiter(String name, long quota, Duration remembered, Ticker ticker) {
        this.name = name;
        this.quota = quota;
        this.clock = new Passing(ticker);
        this.buckets = Caffeine.newBuilder()
                .ticker(ticker)
                .expireAfterAccess(remembered)
                .maximumSize(KNOWN_MAX)
                .build();
    }

    /** Takes a token of {@code who}, if there is one. */
    public Standing take(String who) {
        ConsumptionProbe probe = buckets.get(who, this::full).tryConsumeAndReturnRemaining(1);
        return new Standing(
                probe.isConsumed(),
                probe.getRemainingTokens(),
                Duration.ofNanos(probe.getNanosToWaitForRefill()),
                Duration.ofNanos(probe.getNanosToWaitForReset()));
    }

    /** How long until {@code who} has a token; zero where there is one. Nothing is taken. */
    Duration waitFor(String who) {
        Bucket bucket = buckets.getIfPresent(who);
        return bucket == null
                ? Duration.ZERO
                : Duration.ofNanos(bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill());
    }

    /** Takes a token of {@code who}, one of those to come where there is none. */
    void owe(String who) {
        buckets.get(who, this::full).consumeIgnoringRateLimits(1);
    }

    private Bucket full(String who) {
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

    /** Whole seconds, rather a little too late than too early. */
    public static Duration wholeSeconds(Duration time) {
        return Duration.ofSeconds(time.plusSeconds(1).minusNanos(1).toSeconds());
    }

    /** How many are known. */
    long known() {
        buckets.cleanUp();
        return buckets.estimatedSize();
    }

    /**
     * How a caller stands after it took a token, or tried to.
     *
     * @param granted whether it got one
     * @param left tokens
     * @param next until there is one, where it got none
     * @param whole until the bucket is full
     */
    public record Standing(boolean granted, long left, Duration next, Duration whole) {}

    /** Nanoseconds that pass, whatever the wall clock does. */
    private record Passing(Ticker ticker) implements TimeMeter {
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
