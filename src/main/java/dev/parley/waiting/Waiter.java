package dev.parley.waiting;

import java.time.Instant;
import java.util.concurrent.CompletionStage;

/**
 * What a waiting request does when it is woken. Both methods are called on the request's event loop, and not again before the
 * returned stage is complete.
 */
public interface Waiter {
    /**
     * Reads what is new in the session, and completes with the time at which the session expires. If the stage fails, nothing was
     * found, and the next check tries again.
     */
    CompletionStage<Instant> check();

    /** The service is stopping: ends the request soon. */
    CompletionStage<?> stop();
}
