package dev.parley.bench;

import java.util.IdentityHashMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** How long whole handshakes take, from the request that opens one to the reply to its last. Used by one thread. */
final class Handshakes {
    private static final long MICROS_MAX = TimeUnit.MINUTES.toMicros(1);

    private final IdentityHashMap<LoadRequest, Long> begun = new IdentityHashMap<>();
    private final Histogram took = new Histogram(MICROS_MAX, 3);

    void begin(LoadRequest opening) {
        begun.put(opening, System.nanoTime());
    }

    /** The reply to {@code call} has arrived, and the handshake continues with {@code next}. */
    void goOn(LoadRequest call, LoadRequest next) {
        Long since = begun.remove(call);
        if (since != null) {
            begun.put(next, since);
        }
    }

    /** The reply to {@code call}, the last one, has arrived. */
    void end(LoadRequest call) {
        Long since = begun.remove(call);
        if (since != null) {
            took.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - since));
        }
    }

    /** In microseconds. */
    Histogram took() {
        return took;
    }
}
