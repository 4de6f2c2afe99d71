package dev.parley.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.store.Bookmark;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PostgresHistoryTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private long nanos;

    /** Its lags have a resolution of a second. */
    private final PostgresHistory history = new PostgresHistory(SECOND.multipliedBy(100), () -> nanos);

    @Test
    void aReplicaOfAnIdlePrimaryIsNotBehind() {
        at(1, 100, 0);

        nanos = nanos(60);
        assertThat(history.lag(100)).isZero();
        assertThat(history.bytesBehind(100)).isZero();
    }

    @Test
    void theLagIsCountedSinceThePrimaryWentFurther() {
        at(1, 100, 0);
        at(1, 200, 1);
        at(1, 300, 2);

        nanos = nanos(5);
        assertThat(history.lag(100)).isEqualTo(SECOND.multipliedBy(4));
        assertThat(history.lag(250)).isEqualTo(SECOND.multipliedBy(3));
        assertThat(history.bytesBehind(250)).isEqualTo(50);
    }

    @Test
    void anUnchangedPositionKeepsItsFirstTime() {
        at(1, 100, 0);
        at(1, 100, 9);

        nanos = nanos(10);
        assertThat(history.lag(0)).isEqualTo(SECOND.multipliedBy(10));
    }

    @Test
    void positionsWithinOneStepAreRememberedOnce() {
        at(1, 100, 0);
        nanos = nanos(1) / 2;
        history.observePrimary(position(1, 200));
        at(1, 300, 1);

        nanos = nanos(3);
        assertThat(history.lag(100)).isEqualTo(SECOND.multipliedBy(2));
        assertThat(history.bytesBehind(100)).isEqualTo(200);
    }

    @Test
    void aNewTimelineDiscardsEarlierPositions() {
        at(1, 500, 0);
        at(2, 400, 1);

        nanos = nanos(9);
        assertThat(history.lag(400)).isZero();
        assertThat(history.lag(399)).isEqualTo(SECOND.multipliedBy(8));
    }

    @Test
    void itRemembersALimitedNumberOfPositions() {
        for (int i = 0; i < 2_000; i++) {
            at(1, i, i);
        }

        nanos = nanos(2_000);
        assertThat(history.lag(0)).isEqualTo(SECOND.multipliedBy(600));
    }

    private void at(long timeline, long position, long seconds) {
        nanos = nanos(seconds);
        history.observePrimary(position(timeline, position));
    }

    private static Bookmark position(long timeline, long position) {
        return new Bookmark(TimelineHistory.history(7, timeline), position);
    }

    private static long nanos(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }
}
