package dev.parley.access;

import static org.assertj.core.api.Assertions.assertThat;

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

/** A rate grants a burst, then as much as time has filled in, to each apart. */
class RateLimiterTest {
    private static final int QUOTA = 6;

    private final AtomicLong nanos = new AtomicLong();
    private final RateLimiter rate = new RateLimiter("address", QUOTA, nanos::get);

    @Test
    void aBurstOfTheWholeQuotaIsGrantedAndNoMore() {
        for (int left = QUOTA - 1; left >= 0; left--) {
            assertThat(rate.take("a").granted()).isTrue();
        }
        assertThat(rate.take("a"))
                .isEqualTo(new RateLimiter.Standing(false, 0, Duration.ofSeconds(10), Duration.ofSeconds(60)));
    }

    @Test
    void of50ThatRaceForTheLastTokenOneGetsIt() throws Exception {
        for (int i = 1; i < QUOTA; i++) {
            rate.take("a");
        }
        var begin = new CyclicBarrier(50);
        Callable<Boolean> take = () -> {
            begin.await(120, TimeUnit.SECONDS);
            return rate.take("a").granted();
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
    void oneMoreIsGrantedForEachPartOfTheMinute() {
        takeAll("a");
        pass(Duration.ofSeconds(10).minusNanos(1));
        assertThat(rate.take("a").granted()).isFalse();
        pass(Duration.ofNanos(1));

        assertThat(rate.take("a").granted()).isTrue();
        assertThat(rate.take("a").granted()).isFalse();
    }

    @Test
    void inTheLongRunItIsTheQuotaAMinute() {
        takeAll("a");
        long granted = IntStream.range(0, 10 * 60)
                .filter(second -> {
                    pass(Duration.ofSeconds(1));
                    return rate.take("a").granted();
                })
                .count();

        assertThat(granted).isEqualTo(10 * QUOTA);
    }

    @Test
    void whoRestedHasAFullBucketAndNotMore() {
        takeAll("a");
        pass(Duration.ofHours(1));

        takeAll("a");
        assertThat(rate.take("a").granted()).isFalse();
    }

    @Test
    void anotherHasABucketOfItsOwn() {
        takeAll("a");

        assertThat(rate.take("b").left()).isEqualTo(QUOTA - 1);
    }

    @Test
    void noMoreAreRememberedThanTheBound() {
        for (int i = 0; i < RateLimiter.KNOWN_MAX + 5_000; i++) {
            rate.take("address " + i);
        }
        assertThat(rate.known()).isLessThanOrEqualTo(RateLimiter.KNOWN_MAX);

        pass(RateLimiter.WINDOW);
        assertThat(rate.known()).isZero();
    }

    private void takeAll(String who) {
        for (int i = 0; i < QUOTA; i++) {
            assertThat(rate.take(who).granted()).isTrue();
        }
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
