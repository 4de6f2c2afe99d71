package dev.parley.campaigns.histories;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One recorded call of a peer.
 *
 * @param number in its history, in the order of begins
 * @param begin its place in the order of all recorded begins and ends
 * @param end {@link #NEVER} without a reply: it may take effect at any time after the begin, or never
 * @param clock the times that the service may have read
 * @param reply null without a reply
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

    /** Whether it may return an older state, within its bookmark, because a replica served it. */
    boolean mayBeBehind() {
        return operation.onlyReads() && !(since instanceof Freshness.Latest) && reply != null && !reply.primary();
    }

    /** Whether it changed nothing, by its kind or by its reply. */
    boolean changesNothing() {
        return operation.onlyReads()
                || result() instanceof OperationResult.Refused
                || (result() instanceof OperationResult.Joined joined && joined.replay() && !operation.bringsMore());
    }

    /**
     * Whether the model must explain its reply. The rejection of a wait is excluded: it is about one session, and another may have the code by
     * then.
     */
    boolean isToBeExplained() {
        boolean vain = operation instanceof Operation.Follow follow
                && follow.waits()
                && result() instanceof OperationResult.Refused;
        return reply != null && !(reply.result() instanceof OperationResult.Broken) && !vain;
    }
}
