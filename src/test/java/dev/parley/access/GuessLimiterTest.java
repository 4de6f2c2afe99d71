package dev.parley.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.session.Code;
import dev.parley.session.Namespace;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException.TooManyGuesses;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What is a guess, how many an address has, and what it may still do without any. */
class GuessLimiterTest {
    private static final int MISSES_MAX = 10;

    private final AtomicLong nanos = new AtomicLong();
    private final GuessLimiter guesses = new GuessLimiter(MISSES_MAX, nanos::get);

    @Test
    void anAddressMayMissSoOftenAndThenAskForNothingNew() {
        missAll("a");

        assertThatExceptionOfType(TooManyGuesses.class)
                .isThrownBy(() -> guesses.admit(look("a", "new")))
                .satisfies(refusal -> assertThat(refusal.retryAfter()).isEqualTo(Duration.ofSeconds(6)));
        guesses.admit(look("b", "new"));
    }

    @Test
    void timeGivesOneMissAfterTheOther() {
        missAll("a");
        pass(Duration.ofSeconds(6));
        miss("a", "next");

        assertThat(isRefused("a", "one-more")).isTrue();
    }

    @Test
    void whatWasFoundIsNoGuess() {
        guesses.found(look("a", "mine"));
        missAll("a");

        assertThat(guesses.isKnown(look("a", "mine"))).isTrue();
        assertThat(guesses.isKnown(look("b", "mine"))).isFalse();
    }

    @Test
    void findingCostsNothing() {
        for (int i = 0; i < 1_000; i++) {
            guesses.admit(look("a", "session" + i));
            guesses.found(look("a", "session" + i));
        }
        missAll("a");
    }

    @Test
    void aCodeThatWasMissedIsNotCountedAgain() {
        miss("a", "expired");
        assertThat(guesses.isKnown(look("a", "expired"))).isTrue();
    }

    @Test
    void theSameCodeElsewhereIsAnotherGuess() {
        miss("a", "code");

        assertThat(guesses.isKnown(
                        new GuessLimiter.Look("a", new SessionKey(new Namespace("other"), new Code("code")))))
                .isFalse();
    }

    @Test
    void whatWasLetThroughAtOnceIsOwed() {
        for (int i = 0; i < 3 * MISSES_MAX; i++) {
            guesses.missed(look("a", "burst" + i));
        }
        pass(Duration.ofMinutes(2));
        assertThat(isRefused("a", "new")).isTrue();
        pass(Duration.ofSeconds(6));
        assertThat(isRefused("a", "new")).isFalse();
    }

    @Test
    void whatIsNotAskedForAnyMoreIsForgotten() {
        guesses.found(look("a", "mine"));
        pass(Duration.ofMinutes(5));

        assertThat(guesses.isKnown(look("a", "mine"))).isFalse();
    }

    private void missAll(String address) {
        for (int i = 0; i < MISSES_MAX; i++) {
            miss(address, "guess" + i);
        }
    }

    private void miss(String address, String code) {
        guesses.admit(look(address, code));
        guesses.missed(look(address, code));
    }

    private boolean isRefused(String address, String code) {
        try {
            guesses.admit(look(address, code));
            return false;
        } catch (TooManyGuesses refusal) {
            return true;
        }
    }

    private static GuessLimiter.Look look(String address, String code) {
        return new GuessLimiter.Look(address, new SessionKey(new Namespace("n"), new Code(code)));
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
