package dev.parley.campaigns.histories;

import dev.parley.campaigns.histories.Violation.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checks the history of one session. */
final class HistoryChecker {
    private HistoryChecker() {}

    /** The first violation, or nothing. */
    static Optional<Violation> find(History history) {
        return broken(history.calls())
                .or(() -> outOfOrder(history.calls()))
                .or(() -> bookmarksOutOfOrder(history.calls()))
                .or(() -> left(history));
    }

    private static Optional<Violation> broken(List<Invocation> calls) {
        return calls.stream()
                .filter(call -> call.result() instanceof OperationResult.Broken)
                .findFirst()
                .map(call -> new Violation(Check.CONTRACT, "the reply is none: " + call.result(), List.of(call)));
    }

    private static Optional<Violation> outOfOrder(List<Invocation> calls) {
        LinearizabilityChecker.Verdict all = LinearizabilityChecker.of(calls);
        if (all instanceof LinearizabilityChecker.Verdict.Order) {
            return Optional.empty();
        }
        if (all instanceof LinearizabilityChecker.Verdict.Undecided undecided) {
            return Optional.of(
                    new Violation(Check.DECIDED, "not decided after " + undecided.places() + " places", calls));
        }
        List<Invocation> latest =
                calls.stream().filter(call -> !call.mayBeBehind()).toList();
        boolean ordered = LinearizabilityChecker.of(latest) instanceof LinearizabilityChecker.Verdict.Order;
        return Optional.of(new Violation(
                ordered ? Check.BOOKMARK : Check.ORDER, "no order explains all replies", ordered ? calls : latest));
    }

    /**
     * A call that ended before another began has no later bookmark, and neither has the request of a call than its reply.
     */
    private static Optional<Violation> bookmarksOutOfOrder(List<Invocation> calls) {
        for (Invocation later : calls) {
            String bookmark = bookmark(later);
            if (bookmark == null) {
                continue;
            }
            if (later.since() instanceof Freshness.Bookmarked result
                    && later.operation().onlyReads()) {
                if (later.reply() != null && later.reply().reset()) {
                    return Optional.of(new Violation(
                            Check.BOOKMARK_ORDER, "a bookmark of this very history was reset", List.of(later)));
                }
                if (result.bookmark().compareTo(bookmark) > 0) {
                    return Optional.of(new Violation(
                            Check.BOOKMARK_ORDER, "the reply's bookmark is older than the one sent", List.of(later)));
                }
            }
            for (Invocation earlier : calls) {
                String before = bookmark(earlier);
                if (before != null
                        && isOfPrimary(earlier)
                        && isOfPrimary(later)
                        && earlier.end() < later.begin()
                        && before.compareTo(bookmark) > 0) {
                    return Optional.of(new Violation(
                            Check.BOOKMARK_ORDER,
                            "the bookmark of the earlier reply is the later one",
                            List.of(earlier, later)));
                }
            }
        }
        return Optional.empty();
    }

    private static @Nullable String bookmark(Invocation call) {
        return call.reply() == null ? null : call.reply().bookmark();
    }

    /** Without rejections: their bookmark is that of the node that rejected, not of the primary. */
    private static boolean isOfPrimary(Invocation call) {
        return call.reply() != null && call.reply().primary() && !(call.result() instanceof OperationResult.Refused);
    }

    private static Optional<Violation> left(History history) {
        return history.left().isEmpty()
                ? Optional.empty()
                : Optional.of(new Violation(Check.WAKING, history.left().get(0), new ArrayList<>(history.calls())));
    }
}
