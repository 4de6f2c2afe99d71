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

/** Which lookups count as guesses, how many an address has, and which lookups remain allowed without any. */
class GuessLimiterTest {
    private static final int MISSES_MAX = 10;

    private final AtomicLong nanos = new AtomicLong();
    private final GuessLimiter guesses = new GuessLimiter(MISSES_MAX, nanos::get);

    @Test
    void lookupsOfNewCodesAreRejectedAfterTheLastMiss() {
        missAll("a");

        assertThatExceptionOfType(TooManyGuesses.class)
                .isThrownBy(() -> guesses.admit(lookup("a", "new")))
                .satisfies(refusal -> assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(6)));
        guesses.admit(lookup("b", "new"));
    }

    @Test
    void missesAreRefilledOneByOne() {
        missAll("a");
        pass(Duration.ofSeconds(6));
        miss("a", "next");

        assertThat(isRefused("a", "one-more")).isTrue();
    }

    @Test
    void aFoundCodeIsKnownToItsAddressOnly() {
        guesses.found(lookup("a", "mine"));
        missAll("a");

        assertThat(guesses.isKnown(lookup("a", "mine"))).isTrue();
        assertThat(guesses.isKnown(lookup("b", "mine"))).isFalse();
    }

    @Test
    void foundCodesAreNotCounted() {
        for (int i = 0; i < 1_000; i++) {
            guesses.admit(lookup("a", "session" + i));
            guesses.found(lookup("a", "session" + i));
        }
        missAll("a");
    }

    @Test
    void aMissedCodeIsKnownAfterwards() {
        miss("a", "expired");
        assertThat(guesses.isKnown(lookup("a", "expired"))).isTrue();
    }

    @Test
    void theSameCodeInAnotherNamespaceIsNew() {
        miss("a", "code");

        assertThat(guesses.isKnown(
                        new GuessLimiter.Lookup("a", new SessionKey(new Namespace("other"), new Code("code")))))
                .isFalse();
    }

    @Test
    void concurrentMissesBeyondTheLimitExtendTheWait() {
        for (int i = 0; i < 3 * MISSES_MAX; i++) {
            guesses.missed(lookup("a", "burst" + i));
        }
        pass(Duration.ofMinutes(2));
        assertThat(isRefused("a", "new")).isTrue();
        pass(Duration.ofSeconds(6));
        assertThat(isRefused("a", "new")).isFalse();
    }

    @Test
    void knownCodesExpire() {
        guesses.found(lookup("a", "mine"));
        pass(Duration.ofMinutes(5));

        assertThat(guesses.isKnown(lookup("a", "mine"))).isFalse();
    }

    private void missAll(String address) {
        for (int i = 0; i < MISSES_MAX; i++) {
            miss(address, "guess" + i);
        }
    }

    private void miss(String address, String code) {
        guesses.admit(lookup(address, code));
        guesses.missed(lookup(address, code));
    }

    private boolean isRefused(String address, String code) {
        try {
            guesses.admit(lookup(address, code));
            return false;
        } catch (TooManyGuesses refusal) {
            return true;
        }
    }

    private static GuessLimiter.Lookup lookup(String address, String code) {
        return new GuessLimiter.Lookup(address, new SessionKey(new Namespace("n"), new Code(code)));
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
