package dev.parley.waiting;

import dev.parley.session.SignalingException.Busy;
import dev.parley.session.SignalingException.TooManyWaits;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The places that this process has for those who wait, counted in all and for each client. */
final class WaitQuota {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final WaitConfig bounds;
    private final AtomicInteger taken = new AtomicInteger();
    private final ConcurrentHashMap<String, Integer> takenBy = new ConcurrentHashMap<>();

    WaitQuota(WaitConfig bounds) {
        this.bounds = bounds;
    }

    /**
     * Takes a place.
     *
     * @throws TooManyWaits if the client has as many as it may have
     * @throws Busy if there is none left
     */
    void take(String client) {
        if (taken.incrementAndGet() > bounds.total()) {
            taken.decrementAndGet();
            throw new Busy("As many wait here as can; ask again later, or without waiting.", RETRY_AFTER);
        }
        try {
            takenBy.merge(client, 1, (many, one) -> {
                if (many >= bounds.perClient()) {
                    throw new TooManyWaits(
                            "This client waits " + bounds.perClient()
                                    + " times already; end one, or ask without waiting.",
                            RETRY_AFTER);
                }
                return many + one;
            });
        } catch (TooManyWaits e) {
            taken.decrementAndGet();
            throw e;
        }
    }

    void giveBack(String client) {
        takenBy.computeIfPresent(client, (same, many) -> many == 1 ? null : many - 1);
        taken.decrementAndGet();
    }

    int taken() {
        return taken.get();
    }

    /** How many clients have a place. */
    int clients() {
        return takenBy.size();
    }
}
