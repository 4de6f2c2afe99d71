package dev.parley.histories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.histories.Linearization.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A replica may show a change a moment before the primary does, and nothing that was not asked for yet. */
class LinearizationTest {
    private static final long NOW = 0;
    private static final Told FOUND = new Told.Found(true, null);
    private static final Told NOT_FOUND = new Told.Refused("session-not-found");
    private static final Reply AT_REPLICA = new Reply(FOUND, "1", false, false);

    private static final Call OPENING = call(
            0,
            new Ask.Open("S", "offer", List.of(), false, 60),
            new Since.Now(),
            1,
            9,
            new Reply(new Told.Joined(1, 1, 60_000L, false), "1", true, false));

    @Test
    void aReplicaMayBeAhead() {
        Call seen = call(1, new Ask.Find(), new Since.Ever(), 2, 3, AT_REPLICA);
        Call refused = call(2, new Ask.Extend("S", 60), new Since.Now(), 4, 5, new Reply(NOT_FOUND, "1", false, false));

        assertThat(Linearization.of(List.of(OPENING, seen, refused))).isInstanceOf(Verdict.Order.class);
    }

    @Test
    void whoBringsItsBookmarkIsNotBehindIt() {
        Call seen = call(1, new Ask.Find(), new Since.Ever(), 2, 3, AT_REPLICA);
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
        Call early = call(1, new Ask.Find(), new Since.Ever(), -2, 0, AT_REPLICA);

        assertThat(Linearization.of(List.of(early, OPENING))).isInstanceOf(Verdict.None.class);
    }

    private static Call call(int number, Ask ask, Since since, long begin, long end, @Nullable Reply reply) {
        return new Call(number, "peer", 0, ask, since, begin, end, List.of(NOW), reply);
    }
}
