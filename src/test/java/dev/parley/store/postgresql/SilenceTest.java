package dev.parley.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A server is silent when it owes an answer for so many beats; how long they take is not its fault. */
class SilenceTest {
    private static final Duration MAX = Duration.ofMillis(600);
    private static final Duration NEAR = Duration.ofMillis(1);

    private int fallen;
    private final Silence silence = new Silence(MAX, () -> fallen++);

    @Test
    void whoIsAskedNothingOwesNothing() {
        beat(Silence.BEATS_MAX);

        assertThat(fallen).isZero();
    }

    @Test
    void whoAnswersInTimeIsNotSilent() {
        for (int i = 0; i < 3; i++) {
            silence.asked(NEAR);
            beat(Silence.BEATS_MAX - 1);
            silence.broken();
        }
        beat(Silence.BEATS_MAX);

        assertThat(fallen).isZero();
    }

    @Test
    void whoOwesAnAnswerTooLongIsToldOnce() {
        silence.asked(NEAR);
        beat(Silence.BEATS_MAX - 1);
        assertThat(fallen).isZero();

        beat(1);
        assertThat(fallen).isEqualTo(1);
        beat(3 * Silence.BEATS_MAX);
        assertThat(fallen).isEqualTo(1);
    }

    @Test
    void theNextQuestionCountsAfresh() {
        silence.asked(NEAR);
        beat(Silence.BEATS_MAX);
        silence.asked(NEAR);
        beat(Silence.BEATS_MAX - 1);
        assertThat(fallen).isEqualTo(1);

        beat(1);
        assertThat(fallen).isEqualTo(2);
    }

    @Test
    void aDistantServerIsGivenFourRoundTrips() {
        silence.asked(MAX.dividedBy(2));
        beat(2 * Silence.BEATS_MAX - 1);
        assertThat(fallen).isZero();

        beat(1);
        assertThat(fallen).isEqualTo(1);

        silence.asked(NEAR);
        beat(Silence.BEATS_MAX);
        assertThat(fallen).isEqualTo(2);
    }

    private void beat(int times) {
        for (int i = 0; i < times; i++) {
            silence.beat();
        }
    }
}
