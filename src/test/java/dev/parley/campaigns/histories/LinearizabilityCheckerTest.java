package dev.parley.campaigns.histories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.campaigns.histories.LinearizabilityChecker.Verdict;
import dev.parley.session.Side;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Cases of the checker: replicas, bookmarks, entity tags, repeated calls. */
class LinearizabilityCheckerTest {
    private static final long NOW = 0;
    private static final OperationResult FOUND = new OperationResult.Found(true, null);
    private static final OperationResult NOT_FOUND = new OperationResult.Refused("session-not-found");
    private static final ReplyContext AT_REPLICA = new ReplyContext(FOUND, "1", false, false);
    private static final Operation FIND = new Operation.Find(Operation.Listing.OFFERS, 0);

    private static final Invocation OPENING = call(
            0, open(List.of()), new Freshness.Latest(), 1, 9, new ReplyContext(joined(1, false), "1", true, false));

    @Test
    void aReplicaMayBeAhead() {
        Invocation seen = call(1, FIND, new Freshness.Any(), 2, 3, AT_REPLICA);
        Invocation refused = call(
                2,
                new Operation.Extend("S", 60),
                new Freshness.Latest(),
                4,
                5,
                new ReplyContext(NOT_FOUND, "1", false, false));

        assertThat(LinearizabilityChecker.of(List.of(OPENING, seen, refused))).isInstanceOf(Verdict.Order.class);
    }

    @Test
    void aReadWithABookmarkIsNotOlderThanIt() {
        Invocation seen = call(1, FIND, new Freshness.Any(), 2, 3, AT_REPLICA);
        Invocation missed = call(
                2,
                new Operation.ReadSession(),
                new Freshness.Bookmarked(1, "1"),
                4,
                5,
                new ReplyContext(new OperationResult.Refused("session-not-found"), "1", true, false));

        assertThat(LinearizabilityChecker.of(List.of(OPENING, seen, missed))).isInstanceOf(Verdict.None.class);
    }

    @Test
    void aReplicaShowsNoWriteBeforeItWasRequested() {
        Invocation early = call(1, FIND, new Freshness.Any(), -2, 0, AT_REPLICA);

        assertThat(LinearizabilityChecker.of(List.of(early, OPENING))).isInstanceOf(Verdict.None.class);
    }

    /** Which of two states explains a reply is decided by a later condition. */
    @Test
    void anEntityTagOfAFormerSessionDoesNotMatchTheNext() {
        var sequence = new Sequence();
        Operation.Tag first = sequence.add(open(List.of()), joined(1, false));
        sequence.add(new Operation.Close("S"), new OperationResult.Done());
        Operation.Tag next = sequence.add(open(List.of()), joined(1, false));

        sequence.assertMayNotEndWith(new Operation.ReadSession(first), new OperationResult.NotModified());
        sequence.assertMayEndWith(new Operation.ReadSession(next), new OperationResult.NotModified());
        sequence.assertMayEndWith(restart(first), new OperationResult.Refused("session-changed"));
        sequence.assertMayNotEndWith(restart(first), new OperationResult.Joined(2, 2, 60_000L, false, null));
        sequence.assertMayEndWith(restart(next), new OperationResult.Joined(2, 2, 60_000L, false, null));
    }

    @Test
    void anEntityTagOfAReplyThatTwoStatesExplainIsThatOfEither() {
        Invocation opening = call(
                1,
                open(List.of()),
                new Freshness.Latest(),
                1,
                9,
                new ReplyContext(joined(1, false), null, true, false));
        Invocation extending =
                call(2, new Operation.Extend("S", 90), new Freshness.Latest(), 2, Invocation.NEVER, null);
        Invocation reading = call(
                3,
                new Operation.ReadSession(),
                new Freshness.Latest(),
                3,
                7,
                new ReplyContext(seen("t"), null, true, false));
        var tag = new Operation.Tag(3, "t");
        Invocation unchanged = call(
                4,
                new Operation.ReadSession(tag),
                new Freshness.Latest(),
                10,
                11,
                new ReplyContext(new OperationResult.NotModified(), null, true, false));

        assertThat(LinearizabilityChecker.of(List.of(opening, extending, reading, unchanged)))
                .isInstanceOf(Verdict.Order.class);
    }

    /** A read without a bookmark may see the past. */
    @Test
    void anEntityTagOfAReplicaThatIsAheadMayMatchNothingYet() {
        OperationResult seen = seen("t");
        Invocation reading = call(
                1, new Operation.ReadSession(), new Freshness.Any(), 2, 3, new ReplyContext(seen, null, false, false));
        Operation.Tag tag = new Operation.Tag(1, "t");
        Invocation missed = call(
                2,
                new Operation.ReadSession(tag),
                new Freshness.Latest(),
                4,
                5,
                new ReplyContext(NOT_FOUND, null, true, false));
        Invocation again = call(
                3,
                new Operation.ReadSession(tag),
                new Freshness.Latest(),
                6,
                7,
                new ReplyContext(seen, null, true, false));

        assertThat(LinearizabilityChecker.of(List.of(OPENING, reading, missed))).isInstanceOf(Verdict.Order.class);
        assertThat(LinearizabilityChecker.of(List.of(OPENING, reading, missed, again)))
                .isInstanceOf(Verdict.None.class);
    }

    @Test
    void extendingChangesTheEntityTag() {
        var sequence = new Sequence();
        Operation.Tag before = sequence.add(open(List.of()), joined(1, false));
        Operation.Tag after = sequence.add(new Operation.Extend("S", 90), new OperationResult.Extended(90_000L, "t"));

        sequence.assertMayNotEndWith(new Operation.ReadSession(before), new OperationResult.NotModified());
        sequence.assertMayEndWith(new Operation.ReadSession(after), new OperationResult.NotModified());
    }

    @Test
    void aLaterGenerationIsAnsweredByTheFirstAnswererOnly() {
        var sequence = new Sequence();
        sequence.add(open(List.of()), joined(1, false));
        sequence.add(answer("T", "answer", List.of()), joined(2, false));
        sequence.add(restart(null), new OperationResult.Joined(3, 2, 60_000L, false, null));

        sequence.assertMayNotEndWith(
                answer("U", "mine", List.of()), new OperationResult.Joined(4, 2, 60_000L, false, null));
        sequence.assertMayEndWith(answer("U", "mine", List.of()), new OperationResult.Refused("session-token-refused"));
        sequence.assertMayEndWith(
                answer(null, "mine", List.of()), new OperationResult.Refused("session-token-missing"));
        sequence.assertMayEndWith(
                answer("T", "again", List.of()), new OperationResult.Joined(4, 2, 60_000L, false, null));
        sequence.assertMayNotEndWith(FIND, FOUND);
    }

    @Test
    void anUnansweredSessionIsFoundInEveryGeneration() {
        var sequence = new Sequence();
        sequence.add(open(List.of()), joined(1, false));
        sequence.add(restart(null), new OperationResult.Joined(2, 2, 60_000L, false, null));

        sequence.assertMayEndWith(FIND, FOUND);
        sequence.assertMayEndWith(
                answer("U", "mine", List.of()), new OperationResult.Joined(3, 2, 60_000L, false, null));
    }

    /** Its position is before the events of the other side, so a client that continues from there misses none. */
    @Test
    void aRepeatedCallAddsWhatIsNew() {
        var sequence = new Sequence();
        sequence.add(open(List.of("a")), joined(2, false));
        sequence.add(answer("T", "answer", List.of("x")), joined(4, false));
        sequence.add(open(List.of("a", "b")), joined(2, true));
        sequence.add(answer("T", "answer", List.of("x", "y")), joined(4, true));

        sequence.assertMayEndWith(
                new Operation.Follow(4, 100, false),
                new OperationResult.EventsRead(
                        List.of(candidate(5, Side.OFFERER, "b"), candidate(6, Side.ANSWERER, "y"))));
        sequence.assertMayNotEndWith(new Operation.Follow(4, 100, false), new OperationResult.EventsRead(List.of()));
        sequence.assertMayNotEndWith(open(List.of("a")), joined(6, true));
    }

    private static OperationResult seen(String tag) {
        return new OperationResult.Seen(
                1, 1, new SideContent("offer", List.of(), false), new SideContent(null, List.of(), false), null, tag);
    }

    private static ObservedEvent candidate(long seq, Side side, String text) {
        return new ObservedEvent(seq, ObservedEvent.CANDIDATE, side, 1, text);
    }

    private static Operation open(List<String> candidates) {
        return new Operation.Open("S", "offer", candidates, false, 60, 0);
    }

    private static Operation answer(@Nullable String token, String text, List<String> candidates) {
        return new Operation.Answer(token, text, null, candidates, false);
    }

    private static Operation restart(Operation.@Nullable Tag tag) {
        return new Operation.Restart("S", tag, "new offer");
    }

    private static OperationResult joined(long seq, boolean replay) {
        return new OperationResult.Joined(seq, 1, 60_000L, replay, null);
    }

    private static Invocation call(
            int number, Operation operation, Freshness since, long begin, long end, @Nullable ReplyContext reply) {
        return new Invocation(number, "peer", 0, operation, since, begin, end, List.of(NOW), reply);
    }

    /** Sequential calls. */
    private static final class Sequence {
        private final List<Invocation> calls = new ArrayList<>();

        /** Returns the entity tag of the reply. */
        Operation.Tag add(Operation operation, OperationResult result) {
            calls.add(next(operation, result));
            return new Operation.Tag(calls.size(), "of " + calls.size());
        }

        void assertMayEndWith(Operation operation, OperationResult result) {
            assertThat(with(operation, result)).isInstanceOf(Verdict.Order.class);
        }

        void assertMayNotEndWith(Operation operation, OperationResult result) {
            assertThat(with(operation, result)).isInstanceOf(Verdict.None.class);
        }

        private Verdict with(Operation operation, OperationResult result) {
            var all = new ArrayList<>(calls);
            all.add(next(operation, result));
            return LinearizabilityChecker.of(all);
        }

        private Invocation next(Operation operation, OperationResult result) {
            int number = calls.size() + 1;
            return call(
                    number,
                    operation,
                    new Freshness.Latest(),
                    2L * number,
                    2L * number + 1,
                    new ReplyContext(result, null, true, false));
        }
    }
}
