package dev.parley.contract;

import static dev.parley.contract.OpeningBuilder.offer;
import static dev.parley.contract.TestValues.candidate;
import static dev.parley.contract.TestValues.candidates;
import static dev.parley.contract.TestValues.ended;
import static dev.parley.contract.TestValues.lastCandidates;
import static dev.parley.contract.TestValues.newToken;
import static dev.parley.contract.TestValues.numbered;
import static dev.parley.contract.TestValues.offered;
import static dev.parley.contract.TestValues.trickled;
import static dev.parley.session.Side.OFFERER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Opening.Joined;
import dev.parley.session.Session;
import dev.parley.session.SessionToken;
import dev.parley.session.SignalingException.CodeTaken;
import dev.parley.session.SignalingException.OutOfBounds;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Opening a session, repeating that, and reusing codes. */
interface OpeningCases extends StoreUnderTest {
    @Test
    default void anOfferOpensASession() {
        Joined opened = peers().join(offer("an offer"));

        assertThat(opened.side()).isEqualTo(OFFERER);
        assertThat(opened.code().text()).hasSize(22);
        assertThat(opened.token()).isNotNull();
        assertThat(opened.seq()).isEqualTo(1);
        assertThat(opened.generation()).isEqualTo(1);
        assertThat(opened.expiresAt()).isEqualTo(clock().instant().plus(limits().ttl()));
        assertThat(opened.replay()).isFalse();
    }

    @Test
    default void theFieldsOfAnOpeningAreReturnedUnchanged() {
        String sdp = "v=0\r\ns=é\uD83D\uDE00\r\n";
        TestSession session = peers().open(offer(sdp)
                .code("table-7")
                .topic("chess/é")
                .peerId("Zoë")
                .tags("eu", "blitz 5+0")
                .trickle(lastCandidates("b", "a"))
                .ttl(Duration.ofSeconds(42)));

        Session read = session.session();
        assertThat(read.code()).isEqualTo(new Code("table-7"));
        assertThat(read.topic()).isEqualTo("chess/é");
        assertThat(read.peerId()).isEqualTo("Zoë");
        assertThat(read.tags()).containsExactly("eu", "blitz 5+0");
        assertThat(read.offerer().description()).isEqualTo(Description.of(sdp));
        assertThat(read.offerer().candidates()).containsExactly(candidate("b"), candidate("a"));
        assertThat(read.offerer().end()).isTrue();
        assertThat(read.answerer().description()).isNull();
        assertThat(read.createdAt()).isEqualTo(clock().instant());
        assertThat(read.expiresAt()).isEqualTo(clock().instant().plusSeconds(42));
    }

    @Test
    default void candidatesOfAnOpeningAreNumberedAfterItsOffer() {
        TestSession session = peers().open(offer("o").trickle(lastCandidates("b", "a", "b")));

        assertThat(session.session().seq()).isEqualTo(4);
        assertThat(session.events())
                .containsExactly(
                        offered(1, 1, "o"),
                        trickled(2, OFFERER, 1, "b"),
                        trickled(3, OFFERER, 1, "a"),
                        ended(4, OFFERER, 1));
    }

    @Test
    default void candidatesOfAnOpeningCountAgainstTheBound() {
        int perRequest = limits().candidatesPerRequestMax();
        TestSession session = peers().open(offer("o").trickle(numbered(0, perRequest)));
        int room = limits().candidatesPerSideMax() - perRequest;
        for (int from = perRequest; from < perRequest + room; from += perRequest) {
            session.trickle(OFFERER, numbered(from, from + perRequest));
        }

        assertThatExceptionOfType(OutOfBounds.class).isThrownBy(() -> session.trickle(OFFERER, candidates("more")));
    }

    @Test
    default void aRepeatedOpeningFindsItsSession() {
        OpeningBuilder draft = offer("o")
                .code("again")
                .token(newToken())
                .topic("t")
                .peerId("p")
                .trickle(candidates("a"));
        Joined first = peers().join(draft);
        clock().advance(Duration.ofSeconds(1));
        Joined again = peers().join(draft);

        assertThat(again).isEqualTo(new Joined(first.code(), OFFERER, first.token(), 2, 1, first.version(), true));
        assertThat(peers().codes("t", null)).containsExactly("again");
    }

    @Test
    default void aRepeatedOpeningIsRecognizedAfterLaterEvents() {
        OpeningBuilder draft = offer("o").code("again").token(newToken());
        TestSession session = peers().openAnswered(draft, "a");
        session.restart("another offer");
        session.answer("another answer");
        Session before = session.session();

        Joined again = peers().join(draft);

        assertThat(again.replay()).isTrue();
        assertThat(again.seq()).as("before the answer").isEqualTo(1);
        assertThat(again.generation()).isEqualTo(2);
        assertThat(session.session()).isEqualTo(before);
    }

    @Test
    default void theReplyToARepeatedOpeningEndsBeforeTheOtherSidesEvents() {
        OpeningBuilder draft = offer("o").code("again").token(newToken()).trickle(candidates("a"));
        TestSession session = peers().open(draft);
        session.trickle(OFFERER, candidates("b"));
        session.answer("answer");
        session.trickle(OFFERER, candidates("c"));

        Joined again = peers().join(draft);
        assertThat(again.seq()).as("offer and two candidates").isEqualTo(3);
        assertThat(session.events(again.seq(), 9)).hasSize(2);
        assertThat(again.version().seq())
                .as("a conditional read with its entity tag shows the answer")
                .isEqualTo(3);
    }

    @Test
    default void theReplyToARepeatedOpeningIncludesTheCandidatesThatItAdds() {
        OpeningBuilder draft = offer("o").code("again").token(newToken()).trickle(candidates("a"));
        TestSession session = peers().open(draft);

        Joined again = peers().join(draft.trickle(lastCandidates("a", "b")));

        assertThat(again.seq()).isEqualTo(4);
        assertThat(again.version()).isEqualTo(session.session().version());
    }

    @Test
    default void candidatesThatARepeatedOpeningAddsAreStored() {
        OpeningBuilder draft = offer("o").code("again").token(newToken()).trickle(candidates("a"));
        TestSession session = peers().open(draft);
        session.answer("answer");

        Joined again = peers().join(draft.trickle(lastCandidates("a", "b")));

        assertThat(again.replay()).isTrue();
        assertThat(again.seq()).as("before the answer").isEqualTo(2);
        assertThat(again.version().seq()).isEqualTo(2);
        assertThat(session.events(3, 9)).containsExactly(trickled(4, OFFERER, 1, "b"), ended(5, OFFERER, 1));
        Session before = session.session();
        assertThat(peers().join(draft.trickle(lastCandidates("b", "a"))).seq()).isEqualTo(2);
        assertThat(session.session()).as("nothing is added twice").isEqualTo(before);
    }

    @Test
    default void candidatesThatARepeatedOpeningWithoutATokenAddsAreStored() {
        OpeningBuilder draft = offer("o").code("again");
        TestSession session = peers().openWithoutToken(draft);
        peers().joinWithoutToken(draft.trickle(candidates("a")));

        assertThat(session.events()).containsExactly(offered(1, 1, "o"), trickled(2, OFFERER, 1, "a"));
    }

    @Test
    default void aRepeatedOpeningAddsNothingToALaterGeneration() {
        OpeningBuilder draft = offer("o").code("again").token(newToken()).trickle(candidates("a"));
        TestSession session = peers().open(draft);
        session.restart("another offer");
        Session before = session.session();

        assertThat(peers().join(draft).replay()).as("nothing new").isTrue();
        assertThatExceptionOfType(CodeTaken.class)
                .isThrownBy(() -> peers().join(draft.trickle(candidates("a", "b"))))
                .withMessageContaining("replaced");
        assertThat(session.session()).isEqualTo(before);
    }

    @Test
    default void candidatesThatARepeatedOpeningAddsCountAgainstTheBound() {
        OpeningBuilder draft = offer("o").code("again").token(newToken());
        TestSession session = peers().open(draft);
        int perRequest = limits().candidatesPerRequestMax();
        for (int from = 0; from < limits().candidatesPerSideMax() - 1; from += perRequest) {
            int to = Math.min(from + perRequest, limits().candidatesPerSideMax() - 1);
            session.trickle(OFFERER, numbered(from, to));
        }
        Session before = session.session();

        assertThatExceptionOfType(OutOfBounds.class)
                .isThrownBy(() -> peers().join(draft.trickle(candidates("b", "c"))));
        assertThat(session.session()).isEqualTo(before);
        assertThat(peers().join(draft.trickle(candidates("b"))).replay()).isTrue();
        assertThat(session.side(OFFERER).candidates()).hasSize(limits().candidatesPerSideMax());
    }

    @Test
    default void aRepeatedOpeningThatDiffersIsRefusedWithTheNameOfTheField() {
        SessionToken token = newToken();
        TestSession session = peers().open(same(token));
        session.extend(token, limits().ttlMax());
        Session before = session.session();

        assertThat(peers().join(same(token)).replay())
                .as("though it was extended")
                .isTrue();
        differs("topic", same(token).topic("another"));
        differs("peerId", same(token).peerId("another"));
        differs("tags", same(token).tags("y", "x"));
        differs("ttl", same(token).ttl(Duration.ofSeconds(61)));
        assertThat(session.session()).isEqualTo(before);
    }

    private static OpeningBuilder same(SessionToken token) {
        return offer("o")
                .code("again")
                .token(token)
                .topic("t")
                .peerId("p")
                .tags("x", "y")
                .ttl(Duration.ofSeconds(60));
    }

    private void differs(String field, OpeningBuilder draft) {
        assertThatExceptionOfType(CodeTaken.class)
                .isThrownBy(() -> peers().join(draft))
                .withMessageContaining("another " + field);
    }

    @Test
    default void anOpeningWithoutATokenIsRecognizedByItsOfferAndPeer() {
        OpeningBuilder draft = offer("o").code("again").peerId("p");
        Joined first = peers().joinWithoutToken(draft);
        Joined again = peers().joinWithoutToken(draft);

        assertThat(first.token()).isNull();
        assertThat(first.replay()).isFalse();
        assertThat(again.replay()).isTrue();
        assertThat(again.token()).isNull();
    }

    @Test
    default void aCodeIsTakenForEveryOtherOpening() {
        SessionToken token = newToken();
        TestSession session =
                peers().open(offer("o").code("taken").token(token).peerId("p").topic("t"));
        Session before = session.session();

        takenFor(offer("another").code("taken").token(token).peerId("p"));
        takenFor(offer("o").code("taken").token(token).peerId("another"));
        takenFor(offer("o").code("taken").token(token));
        takenFor(offer("o").code("taken").token(newToken()).peerId("p"));
        takenFor(offer("o").code("taken").peerId("p"));
        assertThatExceptionOfType(CodeTaken.class)
                .isThrownBy(
                        () -> peers().joinWithoutToken(offer("o").code("taken").peerId("p")));
        assertThat(session.session()).isEqualTo(before);
        assertThat(session.events()).hasSize(1);
    }

    private void takenFor(OpeningBuilder draft) {
        assertThatExceptionOfType(CodeTaken.class).isThrownBy(() -> peers().join(draft));
    }

    @Test
    default void anOpeningWithATokenIsNoReplayOfOneWithout() {
        peers().joinWithoutToken(offer("o").code("taken"));

        takenFor(offer("o").code("taken").token(newToken()));
    }

    @Test
    default void theCodeOfAnExpiredSessionIsFreeBeforeASweep() {
        TestSession old = peers().open(offer("old").code("reused").trickle(candidates("a", "b")));
        OpeningBuilder draft = offer("new").code("reused").token(newToken());

        clock().moveTo(old.session().expiresAt().minusMillis(1));
        takenFor(draft);
        clock().advance(Duration.ofMillis(1));
        TestSession reopened = peers().open(draft);

        assertThat(reopened.session().seq()).isEqualTo(1);
        assertThat(reopened.events()).containsExactly(offered(1, 1, "new"));
    }

    @Test
    default void anOpeningAfterExpiryIsNoReplay() {
        OpeningBuilder draft = offer("o").code("again").token(newToken());
        Joined first = peers().join(draft);
        clock().moveTo(first.expiresAt());
        Joined second = peers().join(draft);

        assertThat(second.replay()).isFalse();
        assertThat(second.expiresAt()).isEqualTo(first.expiresAt().plus(limits().ttl()));
    }

    @Test
    default void anOpeningOutOfBoundsIsRefused() {
        OpeningBuilder draft =
                offer("o").code("none").ttl(limits().ttlMax().plusMillis(1)).token(newToken());

        assertThatExceptionOfType(OutOfBounds.class).isThrownBy(() -> peers().join(draft));
        assertThat(peers().join(draft.ttl(limits().ttlMax())).replay()).isFalse();
    }
}
