package dev.parley.campaigns.histories;

import dev.parley.campaigns.histories.HistoryCampaign.Failure;
import java.util.Comparator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A readable report of a violation: the concurrent calls with their replies, and the reply that the model expects. */
final class FailureReport {
    private FailureReport() {}

    static String of(Failure failure) {
        Violation finding = failure.finding();
        return "Seed %d violates %s: %s.%n%s%n%s"
                .formatted(
                        failure.seed().value(),
                        finding.check(),
                        finding.why(),
                        finding.calls().stream().map(FailureReport::line).collect(Collectors.joining("\n")),
                        expected(finding));
    }

    /** Such as {@code 3–5 #2 B at node 0, clock [0], Reply[call=1]: ReadSession[tag=null] → Refused[type=session-not-found]}. */
    private static String line(Invocation call) {
        @Nullable ReplyContext reply = call.reply();
        return "%3d–%s #%d %s at node %d, clock %s, %s: %s → %s"
                .formatted(
                        call.begin(),
                        call.end() == Invocation.NEVER ? "" : Long.toString(call.end()),
                        call.number(),
                        call.peer(),
                        call.node(),
                        call.clock(),
                        call.since(),
                        call.operation(),
                        reply == null ? "no reply" : reply.toString());
    }

    /** The state after the calls that can be ordered, and the reply of the model to the call that cannot. */
    private static String expected(Violation finding) {
        if (!(LinearizabilityChecker.of(finding.calls()) instanceof LinearizabilityChecker.Verdict.None none)) {
            return "";
        }
        Model state = none.past().moment();
        String ordered = "The longest order has %s, and then %s."
                .formatted(
                        none.explained().stream()
                                .map(call -> "#" + call.number())
                                .toList(),
                        state);
        return finding.calls().stream()
                .filter(call -> call.reply() != null && !none.explained().contains(call))
                .max(Comparator.comparingLong(Invocation::end))
                .map(call -> ordered
                        + " #%d would then get %s."
                                .formatted(
                                        call.number(),
                                        state.call(
                                                        call.operation(),
                                                        true,
                                                        call.clock().get(0))
                                                .result()))
                .orElse(ordered);
    }
}
