package dev.parley.session;

/**
 * Something that happened in a session, at one position of its history. The events of a session are numbered 1, 2, 3 …
 * without gaps, in commit order; an event, once there, never changes.
 */
public sealed interface Event {
    /** The position in the session. */
    long seq();

    /** Who caused it. */
    Side side();

    /** The offer that it belongs to: 1 for the first, one more for each new offer. */
    int generation();

    /** An offer was made: the first one, or a new generation's. */
    record Offered(long seq, int generation, Description offer) implements Event {
        @Override
        public Side side() {
            return Side.OFFERER;
        }
    }

    /** The generation's one answer was accepted. */
    record Answered(long seq, int generation, Description answer) implements Event {
        @Override
        public Side side() {
            return Side.ANSWERER;
        }
    }

    /** A peer learned of one more way to reach it. */
    record Trickled(long seq, Side side, int generation, Candidate candidate) implements Event {}

    /** A peer has no more candidates for this generation (RFC 8838, section 9). */
    record EndOfCandidates(long seq, Side side, int generation) implements Event {}

    /**
     * The session was deleted. This event is never stored: those hear of it who wait at that moment, and for all others the
     * session is gone with its history.
     */
    record Closed(long seq, int generation) implements Event {
        @Override
        public Side side() {
            return Side.OFFERER;
        }
    }
}
