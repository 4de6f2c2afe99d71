package dev.parley.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A candidate that a request repeats counts once, at its first position. */
class TrickleTest {
    @Test
    void aRepeatedCandidateCountsOnceAndKeepsTheOrder() {
        var trickle = new Trickle(List.of(candidate("b"), candidate("a"), candidate("b"), candidate("c")), false);

        assertThat(trickle.candidates()).containsExactly(candidate("b"), candidate("a"), candidate("c"));
    }

    @Test
    void laterChangesOfTheListHaveNoEffect() {
        var candidates = new ArrayList<>(List.of(candidate("a")));
        var trickle = new Trickle(candidates, true);
        candidates.clear();

        assertThat(trickle.candidates()).containsExactly(candidate("a"));
    }

    @Test
    void nothingHasNoCandidateAndNoEnd() {
        assertThat(Trickle.NOTHING.candidates()).isEmpty();
        assertThat(Trickle.NOTHING.end()).isFalse();
    }

    private static Candidate candidate(String text) {
        return new Candidate(('"' + text + '"').getBytes(UTF_8));
    }
}
