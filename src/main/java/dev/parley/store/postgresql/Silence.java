package dev.parley.store.postgresql;

/**
 * Notices that a server has fallen silent: it was asked and has not answered for a number of beats. They are counted and not
 * measured, so that a pause of this process, in which nothing beats, is no silence of the server's.
 */
final class Silence {
    static final int BEATS_MAX = 6;

    private final Runnable fallen;
    private boolean asked;
    private int beats;

    /** @param fallen what to do when the server has fallen silent */
    Silence(Runnable fallen) {
        this.fallen = fallen;
    }

    synchronized void asked() {
        asked = true;
        beats = 0;
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
        if (!asked || ++beats < BEATS_MAX) {
            return false;
        }
        asked = false;
        return true;
    }
}
