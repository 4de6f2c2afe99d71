package dev.parley.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How late a replica is follows from when the primary was last where the replica is now. */
class LagTrackerTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final LagTracker course = new LagTracker(SECOND);

    @Test
    void whoHasAllIsNotBehindHoweverLongThePrimaryStandsStill() {
        at(1, 100, 0);

        assertThat(course.behind(100, nanos(60))).isZero();
        assertThat(course.bytesBehind(100)).isZero();
    }

    @Test
    void whoMissesSomethingIsBehindSinceItWasThere() {
        at(1, 100, 0);
        at(1, 200, 1);
        at(1, 300, 2);

        assertThat(course.behind(100, nanos(5))).isEqualTo(SECOND.multipliedBy(4));
        assertThat(course.behind(250, nanos(5))).isEqualTo(SECOND.multipliedBy(3));
        assertThat(course.bytesBehind(250)).isEqualTo(50);
    }

    @Test
    void aPositionThatStaysKeepsTheTimeWhenItWasReached() {
        at(1, 100, 0);
        at(1, 100, 9);

        assertThat(course.behind(0, nanos(10))).isEqualTo(SECOND.multipliedBy(10));
    }

    @Test
    void whatIsSeenMoreOftenThanThatIsRememberedOnceAStep() {
        course.at(1, 100, 0);
        course.at(1, 200, nanos(1) / 2);
        course.at(1, 300, nanos(1));

        assertThat(course.behind(100, nanos(3))).isEqualTo(SECOND.multipliedBy(2));
        assertThat(course.bytesBehind(100)).isEqualTo(200);
    }

    @Test
    void aNewTimelineStartsAfresh() {
        at(1, 500, 0);
        at(2, 400, 1);

        assertThat(course.behind(400, nanos(9))).isZero();
        assertThat(course.behind(399, nanos(9))).isEqualTo(SECOND.multipliedBy(8));
    }

    @Test
    void itRemembersABoundedPast() {
        for (int i = 0; i < 2_000; i++) {
            at(1, i, i);
        }

        assertThat(course.behind(0, nanos(2_000))).isEqualTo(SECOND.multipliedBy(600));
    }

    private void at(long timeline, long position, long seconds) {
        course.at(timeline, position, nanos(seconds));
    }

    private static long nanos(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }
}
