package dev.parley.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.store.postgresql.Breaker.State;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A replica is let at reads after good looks, one read at a time at first, and shut out by one failure. */
class BreakerTest {
    private long nanos;
    private final Breaker breaker = new Breaker(Duration.ofSeconds(1), () -> nanos);

    @Test
    void nobodyIsLetInBeforeTheReplicaWasSeen() {
        assertThat(breaker.admits()).isFalse();
        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    @Test
    void aGoodLookLetsOneReadIn() {
        breaker.good();

        assertThat(breaker.admits()).isTrue();
        assertThat(breaker.admits()).isFalse();
    }

    @Test
    void aSecondGoodLookLetsAllIn() {
        breaker.good();
        breaker.good();

        assertThat(breaker.admits()).isTrue();
        assertThat(breaker.admits()).isTrue();
    }

    @Test
    void aFailureShutsAllOutUntilThePauseIsOver() {
        breaker.good();
        breaker.good();
        breaker.bad();
        breaker.good();
        assertThat(breaker.admits()).isFalse();

        nanos = Duration.ofSeconds(1).toNanos() - 1;
        breaker.good();
        assertThat(breaker.admits()).isFalse();

        nanos++;
        breaker.good();
        assertThat(breaker.admits()).isTrue();
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    }

    @Test
    void aFailedTrialShutsAllOutAgain() {
        breaker.good();
        assertThat(breaker.admits()).isTrue();
        breaker.bad();

        assertThat(breaker.admits()).isFalse();
        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }
}
