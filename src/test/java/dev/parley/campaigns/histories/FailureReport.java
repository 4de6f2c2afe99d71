package dev.parley.campaigns.histories;

import dev.parley.campaigns.histories.HistoryCampaign.Failure;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tells a finding so that a person sees what happened: who asked what, what was on its way meanwhile, and what was told. */
final class FailureReport {
    private FailureReport() {}

    static String of(Failure failure) {
        Violation finding = failure.finding();
        return "Seed %d breaks %s: %s.%n%s%n%s"
                .formatted(
                        failure.seed().value(),
                        finding.check(),
                        finding.why(),
                        finding.calls().stream().map(FailureReport::line).collect(Collectors.joining("\n")),
                        moral(finding));
    }

    private static String line(Invocation call) {
        String time = call.end() == Invocation.NEVER
                ? "%3d–   ".formatted(call.begin())
                : "%3d–%-3d".formatted(call.begin(), call.end());
        return "%s #%-2d %s, %s, at node %d %s%s → %s"
                .formatted(
                        time,
                        call.number(),
                        call.peer(),
                        clock(call.clock()),
                        call.node(),
                        asked(call.ask()),
                        since(call.since()),
                        told(call));
    }

    private static String asked(Operation ask) {
        if (ask instanceof Operation.Open open) {
            return "opens with \"%s\"%s under topic %d for %d s%s"
                    .formatted(
                            open.offer(),
                            trickled(open.candidates(), open.end()),
                            open.topic(),
                            open.ttlSeconds(),
                            open.token() == null ? ", without a token" : "");
        }
        if (ask instanceof Operation.Answer answer) {
            return "answers \"%s\"%s%s%s"
                    .formatted(
                            answer.answer(),
                            trickled(answer.candidates(), answer.end()),
                            answer.generation() == null ? "" : " to generation " + answer.generation(),
                            answer.token() == null ? ", without a token" : "");
        }
        if (ask instanceof Operation.Trickle trickle) {
            return "trickles%s%s"
                    .formatted(
                            trickled(trickle.candidates(), trickle.end()),
                            trickle.generation() == null ? "" : " in generation " + trickle.generation());
        }
        if (ask instanceof Operation.TrickleAs trickle) {
            return "trickles [" + trickle.candidate() + "] as the "
                    + trickle.side().word() + ", without a token";
        }
        if (ask instanceof Operation.Restart restart) {
            return "offers \"" + restart.offer() + "\" anew" + tagged(", if as in ", restart.tag());
        }
        if (ask instanceof Operation.Extend extend) {
            return "extends by " + extend.ttlSeconds() + " s";
        }
        if (ask instanceof Operation.Close) {
            return "deletes the session";
        }
        if (ask instanceof Operation.Follow follow) {
            return (follow.waits() ? "waits for" : "reads") + " what is behind " + follow.after();
        }
        if (ask instanceof Operation.Poll poll) {
            return "polls as the " + poll.side().word();
        }
        return ask instanceof Operation.Find find
                ? "looks for it in %s of topic %d".formatted(find.listing(), find.topic())
                : "reads the session" + tagged(", if not as in ", ask.tag());
    }

    private static String tagged(String condition, Operation.@Nullable Tag tag) {
        return tag == null ? "" : condition + "#" + tag.call();
    }

    private static String trickled(List<String> candidates, boolean end) {
        return (candidates.isEmpty() ? "" : " " + candidates) + (end ? " and no more" : "");
    }

    private static String since(Freshness since) {
        if (since instanceof Freshness.Told told) {
            return ", with the bookmark of #" + told.call();
        }
        return since instanceof Freshness.Ever ? ", however old" : "";
    }

    private static String told(Invocation call) {
        ReplyContext reply = call.reply();
        return reply == null
                ? "no reply"
                : told(reply.told())
                        + (call.mayBeBehind() ? ", from a replica" : "")
                        + (reply.reset() ? ", reset" : "");
    }

    private static String until(@Nullable Long then) {
        return then == null ? "" : ", until " + time(then);
    }

    /** The service's clock, which has nothing to do with the machine's. */
    private static String time(long millis) {
        return Instant.ofEpochMilli(millis)
                .atOffset(ZoneOffset.UTC)
                .toLocalTime()
                .toString();
    }

    private static String clock(List<Long> shown) {
        String first = time(shown.get(0));
        return shown.size() == 1 ? first : first + " to " + time(shown.get(shown.size() - 1));
    }

    private static String told(@Nullable OperationResult told) {
        if (told instanceof OperationResult.Joined joined) {
            return "%s, at seq %d of generation %d%s"
                    .formatted(
                            joined.replay() ? "known already" : "accepted",
                            joined.seq(),
                            joined.generation(),
                            until(joined.expiresAt()));
        }
        if (told instanceof OperationResult.Trickled trickled) {
            return trickled.added() + " added, at seq " + trickled.seq();
        }
        if (told instanceof OperationResult.Extended extended) {
            return "extended" + until(extended.expiresAt());
        }
        if (told instanceof OperationResult.Happened happened) {
            return happened.events().toString();
        }
        if (told instanceof OperationResult.Seen seen) {
            return "seq %d, generation %d, %s; %s"
                            .formatted(seen.seq(), seen.generation(), seen.offerer(), seen.answerer())
                    + until(seen.expiresAt());
        }
        if (told instanceof OperationResult.Found found) {
            return found.offerer() == null ? "there: " + found.there() : "there: " + told(found.offerer());
        }
        if (told instanceof OperationResult.Heard heard) {
            return heard.saying().toString();
        }
        return told instanceof OperationResult.Refused refused ? refused.type() : String.valueOf(told);
    }

    /** Where the others leave the session, and what would have been told there instead. */
    private static String moral(Violation finding) {
        if (!(LinearizabilityChecker.of(finding.calls()) instanceof LinearizabilityChecker.Verdict.None none)) {
            return "";
        }
        ModelSession life = none.past().moment().life();
        String stood = life == null ? "no session" : life.events() + ", generation " + life.generation();
        Optional<Invocation> last = finding.calls().stream()
                .filter(call -> call.reply() != null && !none.explained().contains(call))
                .max(Comparator.comparingLong(Invocation::end));
        String expected = last.map(call -> " There #%d would be told: %s."
                        .formatted(
                                call.number(),
                                told(none.past()
                                        .moment()
                                        .ask(call.ask(), true, call.clock().get(0))
                                        .told())))
                .orElse("");
        return "At best, %s can be put in order, which leaves %s.%s"
                .formatted(
                        none.explained().stream()
                                .map(call -> "#" + call.number())
                                .collect(Collectors.joining(", ")),
                        stood,
                        expected);
    }
}
