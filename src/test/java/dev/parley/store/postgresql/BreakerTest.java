package dev.parley.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BreakerTest {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private long nanos;
    private final Breaker breaker = new Breaker(PAUSE, () -> nanos);

    @Test
    void itIsOpenUntilTheFirstGoodProbe() {
        assertThat(breaker.isClosed()).isFalse();

        breaker.succeed();

        assertThat(breaker.isClosed()).isTrue();
    }

    @Test
    void aFailureOpensItUntilAProbeSucceedsAfterThePause() {
        breaker.succeed();
        breaker.fail();
        assertThat(breaker.isClosed()).isFalse();

        nanos = PAUSE.toNanos() - 1;
        breaker.succeed();
        assertThat(breaker.isClosed()).isFalse();

        nanos++;
        assertThat(breaker.isClosed()).isFalse();
        breaker.succeed();
        assertThat(breaker.isClosed()).isTrue();
    }

    @Test
    void eachFailureBeginsThePauseAnew() {
        breaker.succeed();
        breaker.fail();
        nanos = PAUSE.toNanos() - 1;
        breaker.fail();
        nanos = PAUSE.toNanos();
        breaker.succeed();

        assertThat(breaker.isClosed()).isFalse();
    }
}
