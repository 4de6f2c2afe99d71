package dev.parley.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each client gets a burst of the quota, and then the tokens that time refills. */
class RateLimiterTest {
    private static final int QUOTA = 6;

    private final AtomicLong nanos = new AtomicLong();
    private final RateLimiter rate = new RateLimiter("address", QUOTA, nanos::get);

    @Test
    void aBurstIsGrantedUpToTheQuota() {
        for (int left = QUOTA - 1; left >= 0; left--) {
            assertThat(rate.take("a").isConsumed()).isTrue();
        }
        ConsumptionProbe refused = rate.take("a");
        assertThat(refused.isConsumed()).isFalse();
        assertThat(refused.getRemainingTokens()).isZero();
        assertThat(refused.getNanosToWaitForRefill())
                .isEqualTo(Duration.ofSeconds(10).toNanos());
        assertThat(refused.getNanosToWaitForReset())
                .isEqualTo(Duration.ofSeconds(60).toNanos());
    }

    @Test
    void theLastTokenIsGrantedToOneOf50ConcurrentRequests() throws Exception {
        for (int i = 1; i < QUOTA; i++) {
            rate.take("a");
        }
        var begin = new CyclicBarrier(50);
        Callable<Boolean> take = () -> {
            begin.await(120, TimeUnit.SECONDS);
            return rate.take("a").isConsumed();
        };
        ExecutorService threads = Executors.newFixedThreadPool(50);
        try {
            var granted = new ArrayList<Boolean>();
            for (Future<Boolean> call : threads.invokeAll(Collections.nCopies(50, take))) {
                granted.add(call.get());
            }
            assertThat(granted).containsOnlyOnce(true);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void oneTokenIsRefilledAfterItsShareOfTheMinute() {
        takeAll("a");
        pass(Duration.ofSeconds(10).minusNanos(1));
        assertThat(rate.take("a").isConsumed()).isFalse();
        pass(Duration.ofNanos(1));

        assertThat(rate.take("a").isConsumed()).isTrue();
        assertThat(rate.take("a").isConsumed()).isFalse();
    }

    @Test
    void theLongTermRateIsTheQuotaPerMinute() {
        takeAll("a");
        long granted = IntStream.range(0, 10 * 60)
                .filter(second -> {
                    pass(Duration.ofSeconds(1));
                    return rate.take("a").isConsumed();
                })
                .count();

        assertThat(granted).isEqualTo(10 * QUOTA);
    }

    @Test
    void anUnusedBucketIsFullAndNotMore() {
        takeAll("a");
        pass(Duration.ofHours(1));

        takeAll("a");
        assertThat(rate.take("a").isConsumed()).isFalse();
    }

    @Test
    void eachClientHasItsOwnBucket() {
        takeAll("a");

        assertThat(rate.take("b").getRemainingTokens()).isEqualTo(QUOTA - 1);
    }

    @Test
    void theNumberOfBucketsIsBounded() {
        for (int i = 0; i < RateLimiter.BUCKETS_MAX + 5_000; i++) {
            rate.take("address " + i);
        }
        assertThat(rate.size()).isLessThanOrEqualTo(RateLimiter.BUCKETS_MAX);

        pass(RateLimiter.WINDOW);
        assertThat(rate.size()).isZero();
    }

    private void takeAll(String client) {
        for (int i = 0; i < QUOTA; i++) {
            assertThat(rate.take(client).isConsumed()).isTrue();
        }
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
