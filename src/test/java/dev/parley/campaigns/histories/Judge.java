package dev.parley.campaigns.histories;

import dev.parley.campaigns.histories.Finding.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Holds the history of one session against everything that was promised. */
final class Judge {
    /** Shows all of a history, for who looks for the cause of what the shortest beginning shows. */
    private static final boolean WHOLE = Boolean.getBoolean("parley.histories.whole");

    private Judge() {}

    /** The first promise that was broken, or nothing. */
    static Optional<Finding> find(History history) {
        return broken(history.calls())
                .or(() -> outOfOrder(history.calls()))
                .or(() -> bookmarksOutOfOrder(history.calls()))
                .or(() -> left(history));
    }

    private static Optional<Finding> broken(List<Call> calls) {
        return calls.stream()
                .filter(call -> call.told() instanceof Told.Broken)
                .findFirst()
                .map(call -> new Finding(Check.CONTRACT, "the reply is none: " + call.told(), List.of(call)));
    }

    private static Optional<Finding> outOfOrder(List<Call> calls) {
        Linearization.Verdict all = Linearization.of(calls);
        if (all instanceof Linearization.Verdict.Order) {
            return Optional.empty();
        }
        if (all instanceof Linearization.Verdict.Undecided undecided) {
            return Optional.of(
                    new Finding(Check.DECIDED, "not decided after " + undecided.places() + " places", calls));
        }
        List<Call> latest = calls.stream().filter(call -> !call.mayBeBehind()).toList();
        boolean ordered = Linearization.of(latest) instanceof Linearization.Verdict.Order;
        List<Call> shown = WHOLE ? calls : new Prefix(ordered ? calls : latest).shortest();
        return Optional.of(new Finding(ordered ? Check.BOOKMARK : Check.ORDER, Prefix.why(shown), shown));
    }

    /** What ended before another began has not the later bookmark; nor has what was asked with it. */
    private static Optional<Finding> bookmarksOutOfOrder(List<Call> calls) {
        for (Call later : calls) {
            String bookmark = bookmark(later);
            if (bookmark == null) {
                continue;
            }
            if (later.since() instanceof Since.Told told && later.ask().onlyReads()) {
                if (later.reply() != null && later.reply().reset()) {
                    return Optional.of(new Finding(
                            Check.BOOKMARK_ORDER, "a bookmark of this very history was reset", List.of(later)));
                }
                if (told.bookmark().compareTo(bookmark) > 0) {
                    return Optional.of(new Finding(
                            Check.BOOKMARK_ORDER, "the reply's bookmark is older than the one sent", List.of(later)));
                }
            }
            for (Call earlier : calls) {
                String before = bookmark(earlier);
                if (before != null
                        && isOfPrimary(earlier)
                        && isOfPrimary(later)
                        && earlier.end() < later.begin()
                        && before.compareTo(bookmark) > 0) {
                    return Optional.of(new Finding(
                            Check.BOOKMARK_ORDER,
                            "the bookmark of the earlier reply is the later one",
                            List.of(earlier, later)));
                }
            }
        }
        return Optional.empty();
    }

    private static @Nullable String bookmark(Call call) {
        return call.reply() == null ? null : call.reply().bookmark();
    }

    /** Refusals are left out: they tell where the node stands that refused, and not where the primary does. */
    private static boolean isOfPrimary(Call call) {
        return call.reply() != null && call.reply().primary() && !(call.told() instanceof Told.Refused);
    }

    private static Optional<Finding> left(History history) {
        return history.left().isEmpty()
                ? Optional.empty()
                : Optional.of(new Finding(Check.WAKING, history.left().get(0), new ArrayList<>(history.calls())));
    }
}
