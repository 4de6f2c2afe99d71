package dev.parley.campaigns.histories;

import dev.parley.campaigns.histories.Violation.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Holds the history of one session against everything that was promised. */
final class HistoryChecker {
    /** Shows all of a history, for who looks for the cause of what the shortest beginning shows. */
    private static final boolean WHOLE = Boolean.getBoolean("parley.histories.whole");

    private HistoryChecker() {}

    /** The first promise that was broken, or nothing. */
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
        List<Invocation> shown = WHOLE ? calls : new FailingPrefix(ordered ? calls : latest).shortest();
        return Optional.of(new Violation(ordered ? Check.BOOKMARK : Check.ORDER, FailingPrefix.why(shown), shown));
    }

    /** What ended before another began has not the later bookmark; nor has what was asked with it. */
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

    /** Refusals are left out: they tell where the node stands that refused, and not where the primary does. */
    private static boolean isOfPrimary(Invocation call) {
        return call.reply() != null && call.reply().primary() && !(call.result() instanceof OperationResult.Refused);
    }

    private static Optional<Violation> left(History history) {
        return history.left().isEmpty()
                ? Optional.empty()
                : Optional.of(new Violation(Check.WAKING, history.left().get(0), new ArrayList<>(history.calls())));
    }
}
