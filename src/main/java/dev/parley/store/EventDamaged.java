package dev.parley.store;

/** An event whose payload is not what was written there. It is told by its numbers, for the log; of its payload nothing is said. */
public final class EventDamaged extends RuntimeException {
    private static final long serialVersionUID = 1;

    EventDamaged(EventPlace place, String why) {
        super("Event " + place.seq() + " of the session with the id " + place.sessionId() + " cannot be used: " + why);
    }
}
