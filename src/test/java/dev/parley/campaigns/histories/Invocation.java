package dev.parley.campaigns.histories;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call of a peer, as the recording has it.
 *
 * @param number in its history, by the order in which calls began
 * @param begin a point in the order of all that was recorded; what ended before another began was there before it
 * @param end {@link #NEVER} where no reply came: it may have been done at any time since, or never
 * @param clock what the service's clock may have shown meanwhile
 * @param reply null where none came
 */
record Invocation(
        int number,
        String peer,
        int node,
        Operation operation,
        Freshness since,
        long begin,
        long end,
        List<Long> clock,
        @Nullable ReplyContext reply) {
    static final long NEVER = Long.MAX_VALUE;

    @Nullable
    OperationResult result() {
        return reply == null ? null : reply.result();
    }

    /** Whether it may show an older state, as far as its bookmark allows: it was not the primary that served it. */
    boolean mayBeBehind() {
        return operation.onlyReads() && !(since instanceof Freshness.Latest) && reply != null && !reply.primary();
    }

    /** Whether it has left the session as it was, by its kind or by its reply. */
    boolean changesNothing() {
        return operation.onlyReads()
                || result() instanceof OperationResult.Refused
                || (result() instanceof OperationResult.Joined joined && joined.replay() && !operation.bringsMore());
    }

    /**
     * Whether its reply says what may be held against the model. A wait that found none does not: it was for one session, and
     * another may have the code by now.
     */
    boolean isToBeExplained() {
        boolean vain = operation instanceof Operation.Follow follow
                && follow.waits()
                && result() instanceof OperationResult.Refused;
        return reply != null && !(reply.result() instanceof OperationResult.Broken) && !vain;
    }
}
