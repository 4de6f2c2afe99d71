package dev.parley.contract;

import static dev.parley.contract.OpeningBuilder.offer;
import static dev.parley.contract.TestValues.answered;
import static dev.parley.contract.TestValues.candidate;
import static dev.parley.contract.TestValues.candidates;
import static dev.parley.contract.TestValues.ended;
import static dev.parley.contract.TestValues.lastCandidates;
import static dev.parley.contract.TestValues.newToken;
import static dev.parley.contract.TestValues.numbered;
import static dev.parley.contract.TestValues.offered;
import static dev.parley.contract.TestValues.trickled;
import static dev.parley.session.Side.ANSWERER;
import static dev.parley.session.Side.OFFERER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.session.Description;
import dev.parley.session.Opening.Joined;
import dev.parley.session.Session;
import dev.parley.session.SignalingException.AlreadyAnswered;
import dev.parley.session.SignalingException.OtherGeneration;
import dev.parley.session.SignalingException.OutOfBounds;
import dev.parley.session.SignalingException.TokenRefused;
import dev.parley.session.Trickle;
import org.junit.jupiter.api.Test;

/** A generation is answered once: the first answer is final, its sender may repeat it, nobody may replace it. */
interface AnsweringCases extends StoreUnderTest {
    @Test
    default void theFirstAnswerIsAccepted() {
        TestSession session = peers().open(offer("o"));

        Joined joined = session.answer("v=0\r\né\r\n");

        assertThat(joined)
                .isEqualTo(new Joined(
                        session.key().code(),
                        ANSWERER,
                        session.answerer(),
                        2,
                        1,
                        session.session().version(),
                        false));
        assertThat(joined.expiresAt()).isEqualTo(clock().instant().plus(limits().ttl()));
        assertThat(session.session().answerer().description()).isEqualTo(Description.of("v=0\r\né\r\n"));
        assertThat(session.events()).containsExactly(offered(1, 1, "o"), answered(2, 1, "v=0\r\né\r\n"));
    }

    @Test
    default void anAnswererWithoutATokenReceivesOne() {
        TestSession session = peers().open(offer("o"));

        Joined joined = session.answer(null, "a", null, Trickle.NOTHING);

        assertThat(joined.token()).isNotNull();
        assertThat(session.trickle(joined.token(), candidates("c"), null).added())
                .isEqualTo(1);
    }

    @Test
    default void theSameAnswerWithTheSameTokenIsAReplay() {
        TestSession session = peers().open(offer("o"));
        Joined first = session.answer(session.answerer(), "a", 1, candidates("c"));
        Session before = session.session();

        Joined again = session.answer(session.answerer(), "a", 1, candidates("c"));

        assertThat(again)
                .isEqualTo(new Joined(first.code(), ANSWERER, session.answerer(), 3, 1, first.version(), true));
        assertThat(session.session()).isEqualTo(before);
    }

    @Test
    default void theReplyToARepeatedAnswerEndsBeforeTheOtherSidesEvents() {
        TestSession session = peers().open(offer("o"));
        session.answer(session.answerer(), "a", 1, candidates("c"));
        session.trickle(OFFERER, candidates("x"));
        session.trickle(ANSWERER, candidates("d"));

        Joined again = session.answer(session.answerer(), "a", 1, candidates("c"));

        assertThat(again.seq()).isEqualTo(3);
        assertThat(again.version().seq()).isEqualTo(3);
        assertThat(session.events(again.seq(), 9)).hasSize(2);
    }

    @Test
    default void theReplyToARepeatedAnswerIncludesTheCandidatesThatItAdds() {
        TestSession session = peers().open(offer("o"));
        session.answer(session.answerer(), "a", 1, candidates("c"));

        Joined again = session.answer(session.answerer(), "a", 1, candidates("c", "d"));

        assertThat(again.seq()).isEqualTo(4);
        assertThat(again.version()).isEqualTo(session.session().version());
    }

    @Test
    default void candidatesThatARepeatedAnswerAddsAreStored() {
        TestSession session = peers().open(offer("o"));
        session.answer(session.answerer(), "a", 1, candidates("c"));
        session.trickle(OFFERER, candidates("x"));

        Joined again = session.answer(session.answerer(), "a", 1, lastCandidates("d", "c"));

        assertThat(again.replay()).isTrue();
        assertThat(again.seq()).isEqualTo(3);
        assertThat(session.events(4, 9)).containsExactly(trickled(5, ANSWERER, 1, "d"), ended(6, ANSWERER, 1));
        Session before = session.session();
        session.answer(session.answerer(), "a", 1, lastCandidates("c", "d"));
        assertThat(session.session()).as("nothing is added twice").isEqualTo(before);
    }

    @Test
    default void everyOtherAnswerIsRefusedAndTheFirstIsUnchanged() {
        TestSession session = peers().openAnswered(offer("o"), "first");
        Session before = session.session();

        assertThatExceptionOfType(AlreadyAnswered.class).isThrownBy(() -> session.answer("second"));
        assertThatExceptionOfType(AlreadyAnswered.class)
                .isThrownBy(() -> session.answer(newToken(), "first", null, Trickle.NOTHING));
        assertThatExceptionOfType(AlreadyAnswered.class)
                .isThrownBy(() -> session.answer(null, "first", null, Trickle.NOTHING));
        assertThatExceptionOfType(AlreadyAnswered.class)
                .isThrownBy(() -> session.answer(newToken(), "second", 1, lastCandidates("c")));
        assertThatExceptionOfType(AlreadyAnswered.class).isThrownBy(() -> session.answerWithoutToken("first"));
        assertThat(session.session()).isEqualTo(before);
        assertThat(session.events()).hasSize(2);
    }

    @Test
    default void withoutATokenTheSameAnswerIsAReplayAndAnotherIsRefused() {
        TestSession session = peers().openWithoutToken(offer("o"));
        Joined first = session.answerWithoutToken("a");
        Joined again = session.answerWithoutToken("a");

        assertThat(first.token()).isNull();
        assertThat(first.replay()).isFalse();
        assertThat(again.replay()).isTrue();
        assertThatExceptionOfType(AlreadyAnswered.class).isThrownBy(() -> session.answerWithoutToken("b"));
        assertThatExceptionOfType(AlreadyAnswered.class).isThrownBy(() -> session.answer("a"));
    }

    @Test
    default void anAnswerToAnotherGenerationIsRefused() {
        TestSession session = peers().open(offer("o"));
        Session before = session.session();

        assertThatExceptionOfType(OtherGeneration.class)
                .isThrownBy(() -> session.answer(session.answerer(), "a", 2, Trickle.NOTHING))
                .withMessageContaining("Generation 1 is current");
        assertThat(session.session()).isEqualTo(before);

        session.answer("a");
        session.restart("another offer");
        assertThatExceptionOfType(OtherGeneration.class)
                .isThrownBy(() -> session.answer(session.answerer(), "a", 1, Trickle.NOTHING))
                .withMessageContaining("Generation 2 is current");
        session.answer(session.answerer(), "b", 2, Trickle.NOTHING);
        assertThatExceptionOfType(OtherGeneration.class)
                .isThrownBy(() -> session.answer(session.answerer(), "a", 1, Trickle.NOTHING));
    }

    @Test
    default void theOffererCannotAnswerItsOwnOffer() {
        TestSession session = peers().open(offer("o"));

        assertThatExceptionOfType(TokenRefused.class)
                .isThrownBy(() -> session.answer(session.offerer(), "a", null, Trickle.NOTHING));
        assertThat(session.session().seq()).isEqualTo(1);

        session.answer("a");
        assertThatExceptionOfType(TokenRefused.class)
                .isThrownBy(() -> session.answer(session.offerer(), "a", null, Trickle.NOTHING));
    }

    @Test
    default void candidatesOfAnAnswerAreNumberedAfterIt() {
        TestSession session = peers().open(offer("o").trickle(candidates("same")));

        Joined joined = session.answer(session.answerer(), "a", null, lastCandidates("d", "same", "d"));

        assertThat(joined.seq()).isEqualTo(6);
        assertThat(session.events(2, 10))
                .containsExactly(
                        answered(3, 1, "a"),
                        trickled(4, ANSWERER, 1, "d"),
                        trickled(5, ANSWERER, 1, "same"),
                        ended(6, ANSWERER, 1));
    }

    @Test
    default void candidatesFromBeforeTheAnswerRemainAndAreNotRepeated() {
        TestSession session = peers().openWithoutToken(offer("o"));
        session.trickleAs(ANSWERER, null, lastCandidates("early"));

        Joined joined = session.answer(session.answerer(), "a", null, lastCandidates("late", "early"));

        assertThat(joined.seq()).isEqualTo(5);
        assertThat(session.session().answerer().candidates()).containsExactly(candidate("early"), candidate("late"));
        assertThat(session.events(3, 10)).containsExactly(answered(4, 1, "a"), trickled(5, ANSWERER, 1, "late"));
    }

    @Test
    default void anAnswerWithTooManyCandidatesIsRefusedEntirely() {
        TestSession session = full();

        assertThatExceptionOfType(OutOfBounds.class)
                .isThrownBy(() -> session.answer(session.answerer(), "a", null, candidates("one more")));
        assertThat(session.session().answerer().description()).isNull();
        assertThat(session.events()).hasSize(1 + limits().candidatesPerSideMax());
    }

    @Test
    default void anAnswerAtTheBoundMayRepeatEarlierCandidates() {
        TestSession session = full();
        int max = limits().candidatesPerSideMax();

        Joined joined = session.answer(session.answerer(), "a", null, numbered(0, limits().candidatesPerRequestMax()));

        assertThat(joined.seq()).isEqualTo(2 + max);
        assertThat(session.session().answerer().candidates()).hasSize(max);
    }

    /** An unanswered session whose answerer cannot add more candidates. */
    private TestSession full() {
        TestSession session = peers().openWithoutToken(offer("o"));
        int perRequest = limits().candidatesPerRequestMax();
        for (int from = 0; from < limits().candidatesPerSideMax(); from += perRequest) {
            session.trickleAs(ANSWERER, null, numbered(from, from + perRequest));
        }
        return session;
    }

    @Test
    default void anAnswerOutOfBoundsIsRefused() {
        TestSession session = peers().open(offer("o"));

        assertThatExceptionOfType(OutOfBounds.class).isThrownBy(() -> session.answer(""));
        assertThatExceptionOfType(OutOfBounds.class)
                .isThrownBy(() -> session.answer("a".repeat(limits().descriptionBytesMax() + 1)));
        assertThat(session.answer("a".repeat(limits().descriptionBytesMax())).replay())
                .isFalse();
        assertThat(session.side(OFFERER).description()).isEqualTo(Description.of("o"));
    }
}
