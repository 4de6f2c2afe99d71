package dev.parley.campaigns.histories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.campaigns.histories.Linearization.Verdict;
import dev.parley.session.Side;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A replica may show a change a moment before the primary does, and nothing that was not asked for yet. */
class LinearizationTest {
    private static final long NOW = 0;
    private static final Told FOUND = new Told.Found(true, null);
    private static final Told NOT_FOUND = new Told.Refused("session-not-found");
    private static final Reply AT_REPLICA = new Reply(FOUND, "1", false, false);
    private static final Ask FIND = new Ask.Find(Ask.Listing.OFFERS, 0);

    private static final Call OPENING =
            call(0, open(List.of()), new Since.Now(), 1, 9, new Reply(joined(1, false), "1", true, false));

    @Test
    void aReplicaMayBeAhead() {
        Call seen = call(1, FIND, new Since.Ever(), 2, 3, AT_REPLICA);
        Call refused = call(2, new Ask.Extend("S", 60), new Since.Now(), 4, 5, new Reply(NOT_FOUND, "1", false, false));

        assertThat(Linearization.of(List.of(OPENING, seen, refused))).isInstanceOf(Verdict.Order.class);
    }

    @Test
    void whoBringsItsBookmarkIsNotBehindIt() {
        Call seen = call(1, FIND, new Since.Ever(), 2, 3, AT_REPLICA);
        Call missed = call(
                2,
                new Ask.Look(),
                new Since.Told(1, "1"),
                4,
                5,
                new Reply(new Told.Refused("session-not-found"), "1", true, false));

        assertThat(Linearization.of(List.of(OPENING, seen, missed))).isInstanceOf(Verdict.None.class);
    }

    @Test
    void aReplicaShowsNothingBeforeSomebodyAsksForIt() {
        Call early = call(1, FIND, new Since.Ever(), -2, 0, AT_REPLICA);

        assertThat(Linearization.of(List.of(early, OPENING))).isInstanceOf(Verdict.None.class);
    }

    /** Which of two moments a reply came from is told by the condition that its entity tag meets later. */
    @Test
    void anEntityTagOfTheFormerSessionIsNotThatOfTheNext() {
        var story = new Sequence();
        Ask.Tag first = story.says(open(List.of()), joined(1, false));
        story.says(new Ask.Close("S"), new Told.Done());
        Ask.Tag next = story.says(open(List.of()), joined(1, false));

        assertThat(story.canEndWith(new Ask.Look(first), new Told.NotModified()))
                .isFalse();
        assertThat(story.canEndWith(new Ask.Look(next), new Told.NotModified())).isTrue();
        assertThat(story.canEndWith(restart(first), new Told.Refused("session-changed")))
                .isTrue();
        assertThat(story.canEndWith(restart(first), new Told.Joined(2, 2, 60_000L, false, null)))
                .isFalse();
        assertThat(story.canEndWith(restart(next), new Told.Joined(2, 2, 60_000L, false, null)))
                .isTrue();
    }

    @Test
    void anEntityTagOfAReplyThatTwoMomentsExplainIsThatOfEither() {
        Call opening = call(1, open(List.of()), new Since.Now(), 1, 9, new Reply(joined(1, false), null, true, false));
        Call extending = call(2, new Ask.Extend("S", 90), new Since.Now(), 2, Call.NEVER, null);
        Call looking = call(3, new Ask.Look(), new Since.Now(), 3, 7, new Reply(seen("t"), null, true, false));
        var tag = new Ask.Tag(3, "t");
        Call unchanged = call(
                4, new Ask.Look(tag), new Since.Now(), 10, 11, new Reply(new Told.NotModified(), null, true, false));

        assertThat(Linearization.of(List.of(opening, extending, looking, unchanged)))
                .isInstanceOf(Verdict.Order.class);
    }

    /** Without its bookmark, which nobody promises anything. */
    @Test
    void whoBringsTheEntityTagOfAReplicaThatIsAheadMayFindNothingYet() {
        Told seen = seen("t");
        Call looking = call(1, new Ask.Look(), new Since.Ever(), 2, 3, new Reply(seen, null, false, false));
        Ask.Tag tag = new Ask.Tag(1, "t");
        Call missed = call(2, new Ask.Look(tag), new Since.Now(), 4, 5, new Reply(NOT_FOUND, null, true, false));
        Call again = call(3, new Ask.Look(tag), new Since.Now(), 6, 7, new Reply(seen, null, true, false));

        assertThat(Linearization.of(List.of(OPENING, looking, missed))).isInstanceOf(Verdict.Order.class);
        assertThat(Linearization.of(List.of(OPENING, looking, missed, again))).isInstanceOf(Verdict.None.class);
    }

    @Test
    void extendingChangesTheEntityTag() {
        var story = new Sequence();
        Ask.Tag before = story.says(open(List.of()), joined(1, false));
        Ask.Tag after = story.says(new Ask.Extend("S", 90), new Told.Extended(90_000L, "t"));

        assertThat(story.canEndWith(new Ask.Look(before), new Told.NotModified()))
                .isFalse();
        assertThat(story.canEndWith(new Ask.Look(after), new Told.NotModified()))
                .isTrue();
    }

    @Test
    void aLaterGenerationIsAnsweredByTheFirstAnswererOnly() {
        var story = new Sequence();
        story.says(open(List.of()), joined(1, false));
        story.says(answer("T", "answer", List.of()), joined(2, false));
        story.says(restart(null), new Told.Joined(3, 2, 60_000L, false, null));

        assertThat(story.canEndWith(answer("U", "mine", List.of()), new Told.Joined(4, 2, 60_000L, false, null)))
                .isFalse();
        assertThat(story.canEndWith(answer("U", "mine", List.of()), new Told.Refused("session-token-refused")))
                .isTrue();
        assertThat(story.canEndWith(answer(null, "mine", List.of()), new Told.Refused("session-token-missing")))
                .isTrue();
        assertThat(story.canEndWith(answer("T", "again", List.of()), new Told.Joined(4, 2, 60_000L, false, null)))
                .isTrue();
        assertThat(story.canEndWith(FIND, FOUND)).isFalse();
    }

    @Test
    void aSessionThatNobodyHasAnsweredIsFoundWhateverItsGeneration() {
        var story = new Sequence();
        story.says(open(List.of()), joined(1, false));
        story.says(restart(null), new Told.Joined(2, 2, 60_000L, false, null));

        assertThat(story.canEndWith(FIND, FOUND)).isTrue();
        assertThat(story.canEndWith(answer("U", "mine", List.of()), new Told.Joined(3, 2, 60_000L, false, null)))
                .isTrue();
    }

    /** Its position is before the events of the other side, so a client that reads on from there misses none of them. */
    @Test
    void aRepeatedCallAddsWhatIsNew() {
        var story = new Sequence();
        story.says(open(List.of("a")), joined(2, false));
        story.says(answer("T", "answer", List.of("x")), joined(4, false));
        story.says(open(List.of("a", "b")), joined(2, true));
        story.says(answer("T", "answer", List.of("x", "y")), joined(4, true));

        assertThat(story.canEndWith(
                        new Ask.Follow(4, 100, false),
                        new Told.Happened(List.of(candidate(5, Side.OFFERER, "b"), candidate(6, Side.ANSWERER, "y")))))
                .isTrue();
        assertThat(story.canEndWith(new Ask.Follow(4, 100, false), new Told.Happened(List.of())))
                .isFalse();
        assertThat(story.canEndWith(open(List.of("a")), joined(6, true))).isFalse();
    }

    private static Told seen(String tag) {
        return new Told.Seen(
                1, 1, new Saying("offer", List.of(), false), new Saying(null, List.of(), false), null, tag);
    }

    private static Happening candidate(long seq, Side side, String text) {
        return new Happening(seq, Happening.CANDIDATE, side, 1, text);
    }

    private static Ask open(List<String> candidates) {
        return new Ask.Open("S", "offer", candidates, false, 60, 0);
    }

    private static Ask answer(@Nullable String token, String text, List<String> candidates) {
        return new Ask.Answer(token, text, null, candidates, false);
    }

    private static Ask restart(Ask.@Nullable Tag tag) {
        return new Ask.Restart("S", tag, "new offer");
    }

    private static Told joined(long seq, boolean replay) {
        return new Told.Joined(seq, 1, 60_000L, replay, null);
    }

    private static Call call(int number, Ask ask, Since since, long begin, long end, @Nullable Reply reply) {
        return new Call(number, "peer", 0, ask, since, begin, end, List.of(NOW), reply);
    }

    /** Calls one after another. */
    private static final class Sequence {
        private final List<Call> calls = new ArrayList<>();

        /** Returns the entity tag of the reply. */
        Ask.Tag says(Ask ask, Told told) {
            calls.add(next(ask, told));
            return new Ask.Tag(calls.size(), "of " + calls.size());
        }

        boolean canEndWith(Ask ask, Told told) {
            var all = new ArrayList<>(calls);
            all.add(next(ask, told));
            return Linearization.of(all) instanceof Verdict.Order;
        }

        private Call next(Ask ask, Told told) {
            int number = calls.size() + 1;
            return call(number, ask, new Since.Now(), 2L * number, 2L * number + 1, new Reply(told, null, true, false));
        }
    }
}
