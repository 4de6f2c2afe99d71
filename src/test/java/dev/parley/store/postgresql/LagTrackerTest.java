package dev.parley.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LagTrackerTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final LagTracker lag = new LagTracker(SECOND);

    @Test
    void aReplicaOfAnIdlePrimaryIsNotBehind() {
        at(1, 100, 0);

        assertThat(lag.behind(100, nanos(60))).isZero();
        assertThat(lag.bytesBehind(100)).isZero();
    }

    @Test
    void theLagIsCountedSinceThePrimaryWentFurther() {
        at(1, 100, 0);
        at(1, 200, 1);
        at(1, 300, 2);

        assertThat(lag.behind(100, nanos(5))).isEqualTo(SECOND.multipliedBy(4));
        assertThat(lag.behind(250, nanos(5))).isEqualTo(SECOND.multipliedBy(3));
        assertThat(lag.bytesBehind(250)).isEqualTo(50);
    }

    @Test
    void anUnchangedPositionKeepsItsFirstTime() {
        at(1, 100, 0);
        at(1, 100, 9);

        assertThat(lag.behind(0, nanos(10))).isEqualTo(SECOND.multipliedBy(10));
    }

    @Test
    void positionsWithinOneStepAreRememberedOnce() {
        lag.at(1, 100, 0);
        lag.at(1, 200, nanos(1) / 2);
        lag.at(1, 300, nanos(1));

        assertThat(lag.behind(100, nanos(3))).isEqualTo(SECOND.multipliedBy(2));
        assertThat(lag.bytesBehind(100)).isEqualTo(200);
    }

    @Test
    void aNewTimelineDiscardsEarlierPositions() {
        at(1, 500, 0);
        at(2, 400, 1);

        assertThat(lag.behind(400, nanos(9))).isZero();
        assertThat(lag.behind(399, nanos(9))).isEqualTo(SECOND.multipliedBy(8));
    }

    @Test
    void itRemembersALimitedNumberOfPositions() {
        for (int i = 0; i < 2_000; i++) {
            at(1, i, i);
        }

        assertThat(lag.behind(0, nanos(2_000))).isEqualTo(SECOND.multipliedBy(600));
    }

    private void at(long timeline, long position, long seconds) {
        lag.at(timeline, position, nanos(seconds));
    }

    private static long nanos(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }
}
