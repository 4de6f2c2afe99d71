package dev.parley.store.postgresql;

import java.time.Duration;

/**
 * Notices that a server has fallen silent: it was asked and has not answered for a number of beats. They are counted and not
 * measured, so that a pause of this process, in which nothing beats, is no silence of the server's.
 *
 * <p>A distant server is given four round trips: one may be delayed, or be sent again, without an outage.
 */
final class Silence {
    static final int BEATS_MAX = 6;

    private static final int ROUND_TRIPS = 4;

    private final Duration beat;
    private final Runnable fallen;
    private boolean asked;
    private int beats;
    private int beatsMax = BEATS_MAX;

    /**
     * @param max for how long a near server may owe an answer
     * @param fallen what to do when the server has fallen silent
     */
    Silence(Duration max, Runnable fallen) {
        this.beat = beat(max);
        this.fallen = fallen;
    }

    /** How far apart beats are for a server that may owe an answer for {@code max}. */
    static Duration beat(Duration max) {
        return max.dividedBy(BEATS_MAX);
    }

    /** @param roundTrip how long an answer takes on its way */
    synchronized void asked(Duration roundTrip) {
        asked = true;
        beats = 0;
        long enough =
                roundTrip.multipliedBy(ROUND_TRIPS).plus(beat).minusNanos(1).dividedBy(beat);
        beatsMax = Math.max(BEATS_MAX, Math.toIntExact(enough));
    }

    /** The server has answered, or is known to have failed. */
    synchronized void broken() {
        asked = false;
    }

    /** Counts one. */
    void beat() {
        if (isFallen()) {
            fallen.run();
        }
    }

    private synchronized boolean isFallen() {
        if (!asked || ++beats < beatsMax) {
            return false;
        }
        asked = false;
        return true;
    }
}
