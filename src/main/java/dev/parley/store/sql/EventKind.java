package dev.parley.store.sql;

import dev.parley.session.Event;
import dev.parley.session.Side;
import java.sql.SQLException;

/**
 * The type of an event and its side, as in column {@code events.kind}. The numbers are part of the schema: odd ones are the offerer's,
 * even ones the answerer's. Two text columns in each row instead took a twelfth of a read of ten events on SQLite.
 */
public enum EventKind {
    OFFER(1),
    ANSWER(2),
    OFFERER_CANDIDATE(3),
    ANSWERER_CANDIDATE(4),
    OFFERER_END_OF_CANDIDATES(5),
    ANSWERER_END_OF_CANDIDATES(6);

    private static final EventKind[] ALL = values();

    private final int number;

    EventKind(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    Side side() {
        return number % 2 == 1 ? Side.OFFERER : Side.ANSWERER;
    }

    /** {@code number % 2} of the kinds of {@code side}. */
    static int parity(Side side) {
        return side == Side.OFFERER ? 1 : 0;
    }

    static EventKind of(Event event) {
        if (event instanceof Event.Offered) {
            return OFFER;
        }
        if (event instanceof Event.Answered) {
            return ANSWER;
        }
        if (event instanceof Event.Trickled) {
            return candidateOf(event.side());
        }
        if (event instanceof Event.EndOfCandidates) {
            return event.side() == Side.OFFERER ? OFFERER_END_OF_CANDIDATES : ANSWERER_END_OF_CANDIDATES;
        }
        throw new IllegalArgumentException("it is never stored: " + event);
    }

    private static EventKind candidateOf(Side side) {
        return side == Side.OFFERER ? OFFERER_CANDIDATE : ANSWERER_CANDIDATE;
    }

    /** The kind of event {@code seq} of a session. */
    public static EventKind numbered(int number, long sessionId, long seq) throws SQLException {
        if (number < 1 || number > ALL.length) {
            throw new RowDamaged("event " + seq + " of the session with the id " + sessionId + ": its kind is unknown");
        }
        return ALL[number - 1];
    }
}
