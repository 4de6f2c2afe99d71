package dev.parley.contract;

import static dev.parley.contract.Awaited.result;
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
import dev.parley.session.Session.SessionVersion;
import dev.parley.session.Session.SideState;
import dev.parley.session.SignalingException.OutOfBounds;
import dev.parley.session.SignalingException.SessionChanged;
import dev.parley.session.SignalingException.TokenMissing;
import dev.parley.session.SignalingException.TokenRefused;
import dev.parley.session.Trickle;
import dev.parley.session.Trickle.Trickled;
import dev.parley.store.ReadFrom;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A new offer starts a new, unanswered generation with its own bound of candidates; earlier events remain readable. */
interface RestartingCases extends StoreUnderTest {
    @Test
    default void aNewOfferStartsAnUnansweredGeneration() {
        TestSession session = peers().openAnswered(offer("o").trickle(lastCandidates("x")), "a");

        Joined restarted = session.restart(session.offerer(), 4L, "another offer");

        assertThat(restarted.side()).isEqualTo(OFFERER);
        assertThat(restarted.seq()).isEqualTo(5);
        assertThat(restarted.generation()).isEqualTo(2);
        Session read = session.session();
        assertThat(read.generation()).isEqualTo(2);
        assertThat(read.seq()).isEqualTo(5);
        assertThat(read.offerer()).isEqualTo(new SideState(Description.of("another offer"), List.of(), false));
        assertThat(read.answerer()).isEqualTo(new SideState(null, List.of(), false));
    }

    @Test
    default void eachGenerationHasOneAnswer() {
        TestSession session = peers().openAnswered(offer("o"), "a");
        session.restart("another offer");

        assertThat(session.answer(session.answerer(), "a", 2, Trickle.NOTHING).replay())
                .isFalse();
        assertThat(session.answer("a").replay()).isTrue();
        assertThat(session.session().answerer().description()).isEqualTo(Description.of("a"));
    }

    @Test
    default void onlyTheFirstAnswererAnswersLaterGenerations() {
        TestSession session = peers().openAnswered(offer("o"), "a");
        for (int generation = 2; generation <= 3; generation++) {
            session.restart("offer " + generation);
            Session before = session.session();

            assertThatExceptionOfType(TokenRefused.class)
                    .isThrownBy(() -> session.answer(newToken(), "a", null, candidates("x")));
            assertThatExceptionOfType(TokenRefused.class)
                    .isThrownBy(() -> session.answer(null, "a", null, Trickle.NOTHING));
            assertThatExceptionOfType(TokenMissing.class).isThrownBy(() -> session.answerWithoutToken("a"));
            assertThat(session.session()).isEqualTo(before);
            assertThat(session.answer("answer " + generation).generation()).isEqualTo(generation);
        }
        session.restart("offer 4");
        assertThat(session.answerAs(session.answerer(), "a").generation())
                .as("in the compatible API, with its token")
                .isEqualTo(4);
    }

    @Test
    default void anAnswererWithoutATokenAnswersLaterGenerationsWithoutOne() {
        TestSession session = peers().open(offer("o"));
        session.answerWithoutToken("a");
        session.restart("another offer");

        assertThatExceptionOfType(TokenRefused.class).isThrownBy(() -> session.answer("a stranger's"));
        assertThat(session.answerWithoutToken("b").generation()).isEqualTo(2);
    }

    @Test
    default void theFirstAnswererIsTheAnswererInEveryGeneration() {
        TestSession session = peers().open(offer("o"));
        session.restart("another offer");

        assertThat(session.answer("a").generation()).isEqualTo(2);
    }

    @Test
    default void theBoundOfCandidatesAppliesPerGeneration() {
        TestSession session = peers().openAnswered(offer("o"), "a");
        int max = limits().candidatesPerSideMax();
        int perRequest = limits().candidatesPerRequestMax();
        for (int from = 0; from < max; from += perRequest) {
            session.trickle(OFFERER, numbered(from, from + perRequest));
            session.trickle(ANSWERER, numbered(from, from + perRequest));
        }
        session.restart("another offer");
        session.answer("b");

        assertThat(session.trickle(OFFERER, numbered(0, perRequest)).added()).isEqualTo(perRequest);
        assertThat(session.trickle(ANSWERER, numbered(0, perRequest)).added()).isEqualTo(perRequest);
    }

    @Test
    default void aCandidateOfAnEarlierGenerationIsNewInThisOne() {
        TestSession session = peers().open(offer("o").trickle(lastCandidates("x")));
        session.restart("another offer");

        assertThat(session.trickle(OFFERER, lastCandidates("x"))).isEqualTo(new Trickled(6, 1));
        assertThat(session.side(OFFERER))
                .isEqualTo(new SideState(Description.of("another offer"), List.of(candidate("x")), true));
    }

    @Test
    default void eventsOfEarlierGenerationsRemainReadable() {
        TestSession session = peers().openAnswered(offer("o").trickle(lastCandidates("x")), "a");
        session.restart("another offer");
        session.trickle(OFFERER, candidates("y"));
        session.answer("b");

        assertThat(session.events())
                .containsExactly(
                        offered(1, 1, "o"),
                        trickled(2, OFFERER, 1, "x"),
                        ended(3, OFFERER, 1),
                        answered(4, 1, "a"),
                        offered(5, 2, "another offer"),
                        trickled(6, OFFERER, 2, "y"),
                        answered(7, 2, "b"));
    }

    @Test
    default void anOfferThatReplacesAnOlderStateIsRefused() {
        TestSession session = peers().open(offer("o"));
        session.answer("a");
        Session before = session.session();

        assertThatExceptionOfType(SessionChanged.class)
                .isThrownBy(() -> session.restart(session.offerer(), 1L, "another offer"))
                .withMessageContaining("ETag");
        assertThatExceptionOfType(SessionChanged.class)
                .isThrownBy(() -> session.restart(session.offerer(), 3L, "another offer"));
        assertThat(session.session()).isEqualTo(before);
        assertThat(session.restart(session.offerer(), 2L, "another offer").generation())
                .isEqualTo(2);
    }

    @Test
    default void anOfferMayReplaceAnyOfSeveralStates() {
        TestSession session = peers().open(offer("o"));
        SessionVersion now = session.session().version();
        var before = new SessionVersion(now.incarnation(), 0, now.expiresAt());

        assertThatExceptionOfType(SessionChanged.class)
                .isThrownBy(() -> session.restart(session.offerer(), List.of(before), "another offer"));
        assertThatExceptionOfType(SessionChanged.class)
                .isThrownBy(() -> session.restart(session.offerer(), List.<SessionVersion>of(), "another offer"));
        assertThat(session.restart(session.offerer(), List.of(before, now), "another offer")
                        .generation())
                .isEqualTo(2);
    }

    @Test
    default void anExtensionChangesTheVersion() {
        TestSession session = peers().open(offer("o"));
        SessionVersion before = session.session().version();
        session.extend(session.offerer(), limits().ttlMax());

        assertThatExceptionOfType(SessionChanged.class)
                .isThrownBy(() -> session.restart(session.offerer(), List.of(before), "another offer"));
    }

    @Test
    default void theVersionOfAFormerSessionWithTheCodeDiffers() {
        OpeningBuilder draft = offer("o").code("again").token(newToken());
        TestSession session = peers().open(draft);
        SessionVersion former = session.session().version();
        session.close();
        peers().open(draft);
        SessionVersion now = session.session().version();

        assertThat(now.incarnation()).isNotEqualTo(former.incarnation());
        assertThatExceptionOfType(SessionChanged.class)
                .isThrownBy(() -> session.restart(session.offerer(), List.of(former), "another offer"));
        assertThat(session.restart(session.offerer(), List.of(now), "another offer")
                        .version())
                .as("as every read shows it")
                .isEqualTo(session.session().version());
        assertThat(result(session.signaling().events(ReadFrom.PRIMARY, session.key(), 0, 9))
                        .incarnation())
                .isEqualTo(now.incarnation());
    }

    @Test
    default void onlyTheOffererCanMakeANewOffer() {
        TestSession session = peers().openAnswered(offer("o"), "a");
        Session before = session.session();

        assertThatExceptionOfType(TokenRefused.class)
                .isThrownBy(() -> session.restart(session.answerer(), 2L, "another offer"));
        assertThatExceptionOfType(TokenRefused.class)
                .isThrownBy(() -> session.restart(newToken(), 1L, "another offer"));
        assertThatExceptionOfType(TokenMissing.class).isThrownBy(() -> session.restart(null, 2L, "another offer"));
        assertThat(session.session()).isEqualTo(before);
    }

    @Test
    default void aNewOfferOutOfBoundsIsRefused() {
        TestSession session = peers().open(offer("o"));

        assertThatExceptionOfType(OutOfBounds.class)
                .isThrownBy(() -> session.restart("o".repeat(limits().descriptionBytesMax() + 1)));
        assertThatExceptionOfType(OutOfBounds.class).isThrownBy(() -> session.restart(""));
        assertThat(session.session().generation()).isEqualTo(1);
    }

    @Test
    default void aNewOfferDoesNotExtendTheSession() {
        TestSession session = peers().open(offer("o"));
        var expiresAt = session.session().expiresAt();
        clock().advance(limits().ttl().dividedBy(2));

        assertThat(session.restart("another offer").expiresAt()).isEqualTo(expiresAt);
    }
}
