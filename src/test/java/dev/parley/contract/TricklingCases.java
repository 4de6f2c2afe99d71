package dev.parley.contract;

import static dev.parley.contract.OpeningBuilder.offer;
import static dev.parley.contract.TestValues.candidate;
import static dev.parley.contract.TestValues.candidates;
import static dev.parley.contract.TestValues.ended;
import static dev.parley.contract.TestValues.lastCandidates;
import static dev.parley.contract.TestValues.newToken;
import static dev.parley.contract.TestValues.numbered;
import static dev.parley.contract.TestValues.trickled;
import static dev.parley.session.Side.ANSWERER;
import static dev.parley.session.Side.OFFERER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.session.Event;
import dev.parley.session.Session;
import dev.parley.session.Side;
import dev.parley.session.SignalingException.OtherGeneration;
import dev.parley.session.SignalingException.OutOfBounds;
import dev.parley.session.SignalingException.TokenMissing;
import dev.parley.session.SignalingException.TokenRefused;
import dev.parley.session.Trickle;
import dev.parley.session.Trickle.Trickled;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Candidates of each side: stored once each, numbered without gaps, up to a bound. */
interface TricklingCases extends StoreUnderTest {
    @Test
    default void theTokenDeterminesTheSide() {
        TestSession session = peers().openAnswered(offer("o"), "a");

        assertThat(session.trickle(OFFERER, candidates("x", "y"))).isEqualTo(new Trickled(4, 2));
        assertThat(session.trickle(ANSWERER, candidates("x"))).isEqualTo(new Trickled(5, 1));
        assertThat(session.events(2, 10))
                .containsExactly(
                        trickled(3, OFFERER, 1, "x"), trickled(4, OFFERER, 1, "y"), trickled(5, ANSWERER, 1, "x"));
    }

    @Test
    default void aRetriedCandidateIsStoredOnce() {
        TestSession session = peers().open(offer("o").trickle(candidates("first")));
        session.trickle(OFFERER, candidates("x"));
        Session before = session.session();

        assertThat(session.trickle(OFFERER, candidates("x"))).isEqualTo(new Trickled(3, 0));
        assertThat(session.trickle(OFFERER, candidates("first", "x"))).isEqualTo(new Trickled(3, 0));
        assertThat(session.session()).isEqualTo(before);
        assertThat(session.events()).hasSize(3);
    }

    @Test
    default void aCandidateTwiceInOneRequestIsStoredOnce() {
        TestSession session = peers().open(offer("o"));

        assertThat(session.trickle(OFFERER, candidates("x", "x", "y", "x"))).isEqualTo(new Trickled(3, 2));
        assertThat(session.side(OFFERER).candidates()).containsExactly(candidate("x"), candidate("y"));
    }

    @Test
    default void newCandidatesAmongRepeatedOnesAreNumberedWithoutGaps() {
        TestSession session = peers().open(offer("o"));
        session.trickle(OFFERER, candidates("b", "d"));

        assertThat(session.trickle(OFFERER, candidates("a", "b", "c", "d", "e")))
                .isEqualTo(new Trickled(6, 3));
        assertThat(session.events(3, 10))
                .containsExactly(
                        trickled(4, OFFERER, 1, "a"), trickled(5, OFFERER, 1, "c"), trickled(6, OFFERER, 1, "e"));
        assertThat(session.trickle(OFFERER, candidates("f"))).isEqualTo(new Trickled(7, 1));
    }

    /** More than one statement adds, with repeated ones at the first, the last and the boundary positions. */
    @ParameterizedTest
    @ValueSource(ints = {0, 3, 7, 8, 15, 16, 19})
    default void manyCandidatesAreNumberedWithoutGapsWhereverOneIsRepeated(int old) {
        TestSession session = peers().open(offer("o"));
        session.trickle(OFFERER, numbered(old, old + 1));
        List<Event> expected = new ArrayList<>(session.events());
        numbered(0, 20).candidates().stream()
                .filter(candidate -> !numbered(old, old + 1).candidates().contains(candidate))
                .forEach(candidate -> expected.add(new Event.Trickled(expected.size() + 1L, OFFERER, 1, candidate)));
        expected.add(ended(22, OFFERER, 1));

        assertThat(session.trickle(OFFERER, new Trickle(numbered(0, 20).candidates(), true)))
                .isEqualTo(new Trickled(22, 19));
        assertThat(session.events()).isEqualTo(expected);
        assertThat(session.session().seq()).isEqualTo(22);
    }

    @Test
    default void theEndOfCandidatesIsStoredOncePerSide() {
        TestSession session = peers().openAnswered(offer("o"), "a");

        assertThat(session.trickle(OFFERER, lastCandidates("x"))).isEqualTo(new Trickled(4, 1));
        assertThat(session.trickle(OFFERER, lastCandidates("x"))).isEqualTo(new Trickled(4, 0));
        assertThat(session.trickle(OFFERER, lastCandidates())).isEqualTo(new Trickled(4, 0));
        assertThat(session.trickle(ANSWERER, lastCandidates())).isEqualTo(new Trickled(5, 0));
        assertThat(session.events(2, 10))
                .containsExactly(trickled(3, OFFERER, 1, "x"), ended(4, OFFERER, 1), ended(5, ANSWERER, 1));
        assertThat(session.side(OFFERER).end()).isTrue();
        assertThat(session.side(ANSWERER).end()).isTrue();
    }

    @Test
    default void anEmptyRequestChangesNothing() {
        TestSession session = peers().open(offer("o"));

        assertThat(session.trickle(OFFERER, Trickle.NOTHING)).isEqualTo(new Trickled(1, 0));
    }

    @ParameterizedTest
    @EnumSource
    default void aSideMayAddCandidatesUpToTheBound(Side side) {
        TestSession session = peers().openAnswered(offer("o"), "a");
        int max = limits().candidatesPerSideMax();
        fill(session, side, max - 1);
        assertThat(session.trickle(side, candidates("last"))).isEqualTo(new Trickled(2 + max, 1));
        Session before = session.session();

        assertThatExceptionOfType(OutOfBounds.class)
                .isThrownBy(() -> session.trickle(side, candidates("one more")))
                .satisfies(refusal -> assertThat(refusal.field()).isEqualTo("candidates"));
        assertThatExceptionOfType(OutOfBounds.class)
                .isThrownBy(() -> session.trickle(side, lastCandidates("last", "one more")));
        assertThat(session.session()).isEqualTo(before);
        assertThat(session.events()).hasSize(2 + max);
    }

    @Test
    default void of50ConcurrentRequestsForTheLastCandidateOneSucceeds() throws Exception {
        TestSession session = peers().open(offer("o"));
        int max = limits().candidatesPerSideMax();
        fill(session, OFFERER, max - 1);
        var calls = IntStream.range(0, 50)
                .mapToObj(number -> (Callable<Boolean>) () -> isTaken(session, "last " + number))
                .toList();
        try (var race = new ConcurrentCalls()) {
            assertThat(race.run(calls, over -> "").calls()).containsOnlyOnce(true);
        }
        assertThat(session.session().seq()).isEqualTo(1 + max);
    }

    private static boolean isTaken(TestSession session, String candidate) {
        try {
            return session.trickle(OFFERER, candidates(candidate)).added() == 1;
        } catch (OutOfBounds full) {
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource
    default void aRepeatedRequestSucceedsAtTheBound(Side side) {
        TestSession session = peers().openAnswered(offer("o"), "a");
        int max = limits().candidatesPerSideMax();
        fill(session, side, max);

        Trickle repeated = numbered(max - limits().candidatesPerRequestMax(), max);
        assertThat(session.trickle(side, repeated)).isEqualTo(new Trickled(2 + max, 0));
        assertThat(session.trickle(side, new Trickle(repeated.candidates(), true)))
                .isEqualTo(new Trickled(3 + max, 0));
    }

    @Test
    default void aRepeatedCandidateLeavesRoomForANewOne() {
        TestSession session = peers().open(offer("o"));
        int max = limits().candidatesPerSideMax();
        fill(session, OFFERER, max - 1);

        assertThat(session.trickle(OFFERER, candidates("candidate 0", "last"))).isEqualTo(new Trickled(1 + max, 1));
    }

    @Test
    default void theBoundAppliesPerSide() {
        TestSession session = peers().openAnswered(offer("o"), "a");
        fill(session, OFFERER, limits().candidatesPerSideMax());

        assertThat(session.trickle(ANSWERER, candidates("x")).added()).isEqualTo(1);
    }

    private void fill(TestSession session, Side side, int candidates) {
        int perRequest = limits().candidatesPerRequestMax();
        for (int from = 0; from < candidates; from += perRequest) {
            session.trickle(side, numbered(from, Math.min(from + perRequest, candidates)));
        }
    }

    @Test
    default void candidatesOfAnotherGenerationAreRefused() {
        TestSession session = peers().openAnswered(offer("o"), "a");
        session.trickle(session.offerer(), candidates("x"), 1);

        for (Side side : Side.values()) {
            assertThatExceptionOfType(OtherGeneration.class)
                    .isThrownBy(() -> session.trickle(session.token(side), candidates("y"), 2))
                    .withMessageContaining("Generation 1 is current");
        }
        session.restart("another offer");
        for (Side side : Side.values()) {
            assertThatExceptionOfType(OtherGeneration.class)
                    .isThrownBy(() -> session.trickle(session.token(side), candidates("x"), 1))
                    .withMessageContaining("Generation 2 is current");
        }
        assertThat(session.trickle(session.offerer(), candidates("y"), 2)).isEqualTo(new Trickled(5, 1));
    }

    @Test
    default void aRequestWithoutATokenIsRefused() {
        TestSession session = peers().openAnswered(offer("o"), "a");

        assertThatExceptionOfType(TokenMissing.class).isThrownBy(() -> session.trickle(null, candidates("x"), null));
        assertThat(session.session().seq()).isEqualTo(2);
    }

    @Test
    default void anotherTokenIsRefused() {
        TestSession session = peers().openAnswered(offer("o"), "a");

        assertThatExceptionOfType(TokenRefused.class)
                .isThrownBy(() -> session.trickle(newToken(), candidates("x"), null));
        assertThatExceptionOfType(TokenRefused.class).isThrownBy(() -> session.trickle(newToken(), candidates("x"), 7));
        assertThat(session.session().seq()).isEqualTo(2);
    }

    @Test
    default void theTokenOfAFutureAnswererIsRefused() {
        TestSession session = peers().open(offer("o"));

        assertThatExceptionOfType(TokenRefused.class).isThrownBy(() -> session.trickle(ANSWERER, candidates("x")));
    }

    @Test
    default void aSideWithoutATokenIsNamedByTheRequest() {
        TestSession session = peers().openWithoutToken(offer("o"));
        session.answerWithoutToken("a");

        assertThat(session.trickleAs(OFFERER, null, candidates("x"))).isEqualTo(new Trickled(3, 1));
        assertThat(session.trickleAs(ANSWERER, null, candidates("x", "y"))).isEqualTo(new Trickled(5, 2));
        assertThat(session.trickleAs(ANSWERER, null, candidates("x", "y"))).isEqualTo(new Trickled(5, 0));
        assertThat(session.trickleAs(OFFERER, newToken(), candidates("z"))).isEqualTo(new Trickled(6, 1));
    }

    @Test
    default void aSideWithATokenNeedsItEvenIfNamedByTheRequest() {
        TestSession session = peers().openAnswered(offer("o"), "a");

        for (Side side : Side.values()) {
            assertThatExceptionOfType(TokenMissing.class)
                    .isThrownBy(() -> session.trickleAs(side, null, candidates("x")));
            assertThatExceptionOfType(TokenRefused.class)
                    .isThrownBy(() -> session.trickleAs(side, session.token(side.other()), candidates("x")));
            assertThat(session.trickleAs(side, session.token(side), candidates("x"))
                            .added())
                    .isEqualTo(1);
        }
        assertThat(session.session().seq()).isEqualTo(4);
    }

    @Test
    default void aRequestOutOfBoundsAddsNothing() {
        TestSession session = peers().open(offer("o"));
        String tooLong = "x".repeat(limits().candidateBytesMax() - 1);

        assertThatExceptionOfType(OutOfBounds.class)
                .isThrownBy(() -> session.trickle(OFFERER, candidates("fits", tooLong)));
        assertThatExceptionOfType(OutOfBounds.class)
                .isThrownBy(() -> session.trickle(OFFERER, numbered(0, limits().candidatesPerRequestMax() + 1)));
        assertThat(session.session().seq()).isEqualTo(1);
        assertThat(session.trickle(OFFERER, candidates(tooLong.substring(1))).added())
                .isEqualTo(1);
    }
}
