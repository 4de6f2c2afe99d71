package dev.parley.store.sql;

import dev.parley.session.Event;
import dev.parley.session.Event.Events;
import dev.parley.session.Trickle.Trickled;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The effect of a guarded statement on a session, for the clients that wait for its commit.
 *
 * @param row after the change
 * @param topic of the session, where the change may alter what discovery lists; null where it does not, or there is no topic
 * @param appended the events that were added, in order, the last with the number of {@code row}; empty where there are none
 */
public record Change(RowVersion row, @Nullable String topic, List<Event> appended) {
    /** The same change, after these events were added. */
    Change with(RowVersion other, List<Event> events) {
        return new Change(other, topic, events);
    }

    public Events events() {
        return new Events(appended, row.incarnation(), row.expiresAt());
    }

    public Trickled trickled() {
        return new Trickled(row.seq(), candidates());
    }

    /** The number of candidates that were added. */
    int candidates() {
        int candidates = 0;
        for (Event event : appended) {
            candidates += event instanceof Event.Trickled ? 1 : 0;
        }
        return candidates;
    }
}
