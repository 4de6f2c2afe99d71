package dev.parley.waiting;

import dev.parley.session.Event;
import dev.parley.session.Event.Events;
import dev.parley.store.Served;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Consecutive events of one session as one commit appended them or one read found them. All waiting clients share one instance. */
public final class EventBatch {
    private final Served<Events> served;
    private final long seq;
    private @Nullable List<byte[]> encoded;

    /** @param seq the number of the session's last event after the commit, which is not in the batch if that added none */
    EventBatch(Served<Events> served, long seq) {
        this.served = served;
        this.seq = seq;
    }

    /** The batch of a read; there may be later events. */
    public EventBatch(Served<Events> served) {
        this(served, Long.MAX_VALUE);
    }

    /** The events with the bookmark that covers them. */
    public Served<Events> served() {
        return served;
    }

    public List<Event> events() {
        return served.result().list();
    }

    /** The last event; null if the batch is empty, as that of a commit that changed the time of expiry only. */
    public @Nullable Event last() {
        return events().isEmpty() ? null : events().get(events().size() - 1);
    }

    public Instant expiresAt() {
        return served.result().expiresAt();
    }

    /** Whether the batch begins with the event after number {@code seq} of the session with this {@code incarnation}. */
    public boolean continues(long incarnation, long seq) {
        return served.result().incarnation() == incarnation
                && !events().isEmpty()
                && events().get(0).seq() == seq + 1;
    }

    /** Whether a client that has the events up to number {@code seq} of the session with this {@code incarnation} needs nothing of it. */
    public boolean isKnown(long incarnation, long seq) {
        return served.result().incarnation() == incarnation && this.seq <= seq && !(last() instanceof Event.Closed);
    }

    /** The events as {@code encoder} encodes them, which is always the same; each is encoded once. */
    public synchronized List<byte[]> encoded(Function<Event, byte[]> encoder) {
        List<byte[]> result = encoded;
        if (result == null) {
            result = events().stream().map(encoder).toList();
            encoded = result;
        }
        return result;
    }
}
