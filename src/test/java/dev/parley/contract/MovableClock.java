package dev.parley.contract;

import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;

/** A clock that changes only when a test moves it, forward except in {@link #whileSetBack}. */
@Alternative
@Singleton
public class MovableClock implements InstantSource {
    private volatile Instant now = Instant.parse("2026-03-01T12:00:00Z");

    @Override
    public Instant instant() {
        return now;
    }

    /** Moves the clock to {@code then}, which is not before its time. */
    public void moveTo(Instant then) {
        if (then.isBefore(now)) {
            throw new IllegalArgumentException("The clock shows " + now + " and does not go back to " + then);
        }
        now = then;
    }

    /** Runs {@code work} with the clock set back, and restores it. */
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
