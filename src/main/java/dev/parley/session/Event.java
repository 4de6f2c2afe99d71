package dev.parley.session;

import java.time.Instant;
import java.util.List;

/**
 * An event of a session. The events of a session are numbered 1, 2, 3 … without gaps, in commit order, and never change.
 */
public sealed interface Event {
    /** The number in the session. */
    long seq();

    /** The side that caused it. */
    Side side();

    /** The generation that it belongs to: 1 for the first offer, one more for each new offer. */
    int generation();

    /** An offer: the first one, or that of a new generation. */
    record Offered(long seq, int generation, Description offer) implements Event {
        @Override
        public Side side() {
            return Side.OFFERER;
        }
    }

    /** The answer that was accepted for the generation. */
    record Answered(long seq, int generation, Description answer) implements Event {
        @Override
        public Side side() {
            return Side.ANSWERER;
        }
    }

    /** A candidate (RFC 8838). */
    record Trickled(long seq, Side side, int generation, Candidate candidate) implements Event {}

    /** The side has no more candidates in this generation (RFC 8838, section 9). */
    record EndOfCandidates(long seq, Side side, int generation) implements Event {}

    /**
     * The session was deleted, and its history with it. Clients that wait for the session at that moment receive this event; for
     * all others the session does not exist any more.
     */
    record Closed(long seq, int generation) implements Event {
        @Override
        public Side side() {
            return Side.OFFERER;
        }
    }

    /**
     * Consecutive events of one session, in their order.
     *
     * @param incarnation of the session, as in {@link Session.SessionVersion}
     * @param expiresAt of the session, as it is now
     */
    record Events(List<Event> list, long incarnation, Instant expiresAt) {}
}
