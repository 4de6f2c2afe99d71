package dev.parley.store.postgresql;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** The thread that beats for all nodes. After a pause of this process one beat follows, not all that were left out. */
final class Pulse implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Pulse.class);

    private final Duration interval;
    private final List<Silence> silences;
    private final CountDownLatch closing = new CountDownLatch(1);

    /** @param silenceMax for how long a near node may owe an answer */
    Pulse(Duration silenceMax, List<Silence> silences) {
        this.interval = Silence.beat(silenceMax);
        this.silences = silences;
        var thread = new Thread(this::beat, "parley-pulse");
        thread.setDaemon(true);
        thread.start();
    }

    private void beat() {
        try {
            while (!closing.await(interval.toNanos(), TimeUnit.NANOSECONDS)) {
                silences.forEach(Pulse::beat);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void beat(Silence silence) {
        try {
            silence.beat();
        } catch (RuntimeException e) {
            LOG.error("A node fell silent, and a fault kept it from being left alone", e);
        }
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
