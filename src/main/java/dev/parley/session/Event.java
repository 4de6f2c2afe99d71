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

    /** The same at another position. */
    Event at(long seq);

    /** An offer was made: the first one, or a new generation's. */
    record Offered(long seq, int generation, Description offer) implements Event {
        @Override
        public Side side() {
            return Side.OFFERER;
        }

        @Override
        public Event at(long seq) {
            return new Offered(seq, generation, offer);
        }
    }

    /** The generation's one answer was accepted. */
    record Answered(long seq, int generation, Description answer) implements Event {
        @Override
        public Side side() {
            return Side.ANSWERER;
        }

        @Override
        public Event at(long seq) {
            return new Answered(seq, generation, answer);
        }
    }

    /** A peer learned of one more way to reach it. */
    record Trickled(long seq, Side side, int generation, Candidate candidate) implements Event {
        @Override
        public Event at(long seq) {
            return new Trickled(seq, side, generation, candidate);
        }
    }

    /** A peer has no more candidates for this generation (RFC 8838, section 9). */
    record EndOfCandidates(long seq, Side side, int generation) implements Event {
        @Override
        public Event at(long seq) {
            return new EndOfCandidates(seq, side, generation);
        }
    }

    /**
     * The session was deleted, and its history with it. Clients that wait for the session at that moment receive this event; for
     * all others the session does not exist any more.
     */
    record Closed(long seq, int generation) implements Event {
        @Override
        public Side side() {
            return Side.OFFERER;
        }

        @Override
        public Event at(long seq) {
            return new Closed(seq, generation);
        }
    }
}
