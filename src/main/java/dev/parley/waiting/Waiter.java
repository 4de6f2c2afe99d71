package dev.parley.waiting;

import dev.parley.session.Event;
import dev.parley.store.Served;
import java.time.Instant;
import java.util.concurrent.CompletionStage;

/**
 * What a waiting request does when it is woken. It is called on its own event loop, and not again before the stage that it
 * returned is complete. A stage that fails is taken for one that brought nothing, and the next look tries again.
 */
public interface Waiter {
    /**
     * Something may have happened in the session: looks, and tells what is new. Brings when the session expires, as it is now.
     * Fails with {@link dev.parley.session.SignalingException.SessionNotFound} where the session is no more, whether or not another
     * has its code.
     */
    CompletionStage<Instant> look();

    /** The session was deleted, and this was the last that happened in it. */
    CompletionStage<?> closed(Served<Event.Closed> last);

    /** The session has expired, or was deleted without notice. */
    CompletionStage<?> gone();

    /** The service stops: ends politely, and soon. */
    CompletionStage<?> stop();
}
