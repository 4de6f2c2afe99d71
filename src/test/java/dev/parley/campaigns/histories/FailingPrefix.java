package dev.parley.campaigns.histories;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The shortest prefix of a history that cannot be ordered: its last reply is unexplained, and later replies are removed. Reads that
 * are not needed for this are removed, too.
 */
record FailingPrefix(List<Invocation> calls) {
    List<Invocation> shortest() {
        List<Invocation> kept = upTo(firstThatCannotBe());
        for (Invocation call : kept) {
            if (call.reply() != null && call.changesNothing()) {
                var others = new ArrayList<>(kept);
                others.remove(call);
                kept = cannotBe(others) ? others : kept;
            }
        }
        return kept;
    }

    /** The unexplained reply, in one line. */
    static String why(List<Invocation> shown) {
        Invocation last = shown.stream()
                .filter(call -> call.reply() != null)
                .max(Comparator.comparingLong(Invocation::end))
                .orElseThrow();
        return "nothing explains the reply to " + last.peer() + "'s call " + last.number();
    }

    private long firstThatCannotBe() {
        long[] ends = calls.stream()
                .filter(call -> call.reply() != null)
                .mapToLong(Invocation::end)
                .sorted()
                .toArray();
        int low = 0;
        int high = ends.length - 1;
        while (low < high) {
            int middle = (low + high) / 2;
            if (cannotBe(upTo(ends[middle]))) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return ends[low];
    }

    private List<Invocation> upTo(long end) {
        return calls.stream()
                .filter(call -> call.begin() < end)
                .map(call -> call.end() <= end ? call : withoutReply(call))
                .toList();
    }

    private static Invocation withoutReply(Invocation call) {
        return new Invocation(
                call.number(),
                call.peer(),
                call.node(),
                call.operation(),
                call.since(),
                call.begin(),
                Invocation.NEVER,
                call.clock(),
                null);
    }

    private static boolean cannotBe(List<Invocation> calls) {
        return LinearizabilityChecker.of(calls) instanceof LinearizabilityChecker.Verdict.None;
    }
}
