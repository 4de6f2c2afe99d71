package dev.parley.contract;

import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;

/** The clock of a test: it stands still until it is moved, and it only moves forward, but for while a test sets it back. */
@Alternative
@Singleton
public class MovableClock implements InstantSource {
    private volatile Instant now = Instant.parse("2026-03-01T12:00:00Z");

    @Override
    public Instant instant() {
        return now;
    }

    /** Moves the clock to {@code then}, at or behind the time that it shows. */
    public void moveTo(Instant then) {
        if (then.isBefore(now)) {
            throw new IllegalArgumentException("The clock shows " + now + " and does not go back to " + then);
        }
        now = then;
    }

    /** Runs {@code work} while the clock shows an earlier time, from which it comes back. */
    <T> T whileSetBack(Duration by, Supplier<T> work) {
        Instant before = now;
        now = before.minus(by);
        try {
            return work.get();
        } finally {
            now = before;
        }
    }

    void whileSetBack(Duration by, Runnable work) {
        whileSetBack(by, () -> {
            work.run();
            return now;
        });
    }

    public void advance(Duration step) {
        moveTo(now.plus(step));
    }
}
