package dev.parley.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A rate grants a burst, then as much as time has filled in, to each apart. */
class RateTest {
    private static final int QUOTA = 6;

    private final AtomicLong nanos = new AtomicLong();
    private final Rate rate = new Rate("address", QUOTA, nanos::get);

    @Test
    void aBurstOfTheWholeQuotaIsGrantedAndNoMore() {
        for (int left = QUOTA - 1; left >= 0; left--) {
            assertThat(rate.take("a").granted()).isTrue();
        }
        assertThat(rate.take("a"))
                .isEqualTo(new Rate.Standing(false, 0, Duration.ofSeconds(10), Duration.ofSeconds(60)));
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
        for (int i = 0; i < Rate.KNOWN_MAX + 5_000; i++) {
            rate.take("address " + i);
        }
        assertThat(rate.known()).isLessThanOrEqualTo(Rate.KNOWN_MAX);

        pass(Rate.WINDOW);
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
