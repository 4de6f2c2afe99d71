package dev.parley.contract;

import static dev.parley.contract.OpeningBuilder.offer;
import static dev.parley.contract.TestValues.candidates;
import static dev.parley.contract.TestValues.numbered;
import static dev.parley.session.Side.OFFERER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Event;
import dev.parley.session.Session;
import dev.parley.session.SessionKey;
import dev.parley.session.Side;
import dev.parley.session.SignalingException.OutOfBounds;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.session.TopicKey;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Isolation: for callers of another namespace, a session does not exist. */
interface NamespaceCases extends StoreUnderTest {
    @ParameterizedTest
    @EnumSource
    default void aSessionOfAnotherNamespaceIsNotFound(SessionCall call) {
        Peers strangers = Peers.inNewNamespace(signaling());
        TestSession session = call.readySession(peers(), offer("o").topic("t"));
        Session before = session.session();
        List<Event> events = session.events();

        assertThatExceptionOfType(SessionNotFound.class).isThrownBy(() -> call.in(session.in(strangers.namespace())));
        assertThat(session.session()).isEqualTo(before);
        assertThat(session.events()).isEqualTo(events);
    }

    @ParameterizedTest
    @EnumSource
    default void aSessionWithoutTokensIsNotFoundFromAnotherNamespaceEither(Side side) {
        Peers strangers = Peers.inNewNamespace(signaling());
        TestSession session = peers().openWithoutToken(offer("o"));

        assertThatExceptionOfType(SessionNotFound.class)
                .isThrownBy(() -> session.in(strangers.namespace()).trickleAs(side, null, candidates("x")));
        assertThat(session.events()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    default void aSessionIsNotChangedThroughTheSameCodeInAnotherNamespace(SessionCall call) {
        Peers strangers = Peers.inNewNamespace(signaling());
        TestSession ours = call.readySession(peers(), offer("o").code("same").topic("t"));
        TestSession theirs =
                call.readySession(strangers, offer("theirs").code("same").topic("t"));
        Session before = ours.session();
        List<Event> events = ours.events();

        call.in(theirs);

        assertThat(ours.session()).isEqualTo(before);
        assertThat(ours.events()).isEqualTo(events);
    }

    @ParameterizedTest
    @EnumSource
    default void unknownForeignExpiredAndClosedSessionsLookTheSame(SessionCall call) {
        TestSession unknown = new TestSession(
                signaling(),
                new SessionKey(peers().namespace(), new Code("never-was")),
                TestValues.newToken(),
                TestValues.newToken());
        TestSession foreign = call.readySession(peers(), offer("o"))
                .in(Peers.inNewNamespace(signaling()).namespace());
        TestSession closed = call.readySession(peers(), offer("o"));
        closed.close();
        TestSession expired = call.readySession(peers(), offer("o").ttl(Duration.ofSeconds(10)));
        clock().advance(Duration.ofSeconds(10));

        String refusal = refusal(call, unknown);
        assertThat(refusal(call, foreign)).isEqualTo(refusal);
        assertThat(refusal(call, expired)).isEqualTo(refusal);
        assertThat(refusal(call, closed)).isEqualTo(refusal);
    }

    private static String refusal(SessionCall call, TestSession session) {
        return String.valueOf(catchThrowable(() -> call.in(session)));
    }

    @Test
    default void discoveryIsConfinedToTheNamespace() {
        Peers strangers = Peers.inNewNamespace(signaling());
        peers().open(offer("o").code("ours").topic("t").tags("eu"));
        strangers.open(offer("o").code("theirs").topic("t").tags("eu"));
        strangers.open(offer("o").code("more").topic("another"));

        assertThat(peers().codes(null, null)).containsExactly("ours");
        assertThat(peers().codes("t", "eu")).containsExactly("ours");
        assertThat(peers().topics("")).containsExactly("t");
        assertThat(peers().topicPage(0, 10).total()).isEqualTo(1);
    }

    @Test
    default void waitingSessionsOfAnotherNamespaceAreNotListed() {
        Peers strangers = Peers.inNewNamespace(signaling());
        peers().open(offer("ours").topic("t"));
        strangers.open(offer("theirs").topic("t"));
        strangers.open(offer("more").topic("another"));

        assertThat(peers().waiting("t", 10))
                .extracting(waiting -> waiting.offerer().description())
                .containsExactly(Description.of("ours"));
        assertThat(peers().waiting("another", 10)).isEmpty();
        assertThat(Awaited.result(signaling().listed(new TopicKey(peers().namespace(), "t"), 10)))
                .hasSize(1);
    }

    @Test
    default void aCandidateOfAnotherNamespaceIsNotARepeatedOne() {
        TestSession ours = peers().openAnswered(offer("o").code("known"), "a");
        TestSession theirs =
                Peers.inNewNamespace(signaling()).openAnswered(offer("o").code("known"), "a");
        int max = limits().candidatesPerSideMax();
        int step = limits().candidatesPerRequestMax();
        for (int from = 0; from < max; from += step) {
            ours.trickle(OFFERER, numbered(from, Math.min(max, from + step)));
        }
        theirs.trickle(OFFERER, candidates("theirs"));

        assertThatExceptionOfType(OutOfBounds.class).isThrownBy(() -> ours.trickle(OFFERER, candidates("theirs")));
    }

    @Test
    default void aCodeBecomesFreeOnlyInItsNamespace() {
        Peers strangers = Peers.inNewNamespace(signaling());
        peers().open(offer("o").code("expired").ttl(Duration.ofSeconds(10)));
        strangers.open(offer("o").code("expired").ttl(Duration.ofSeconds(10)));
        clock().advance(Duration.ofSeconds(10));

        peers().open(offer("o").code("expired"));

        assertThat(count(LifetimeCases.SESSIONS, strangers.namespace().name())).isEqualTo(1);
    }

    @Test
    default void theEndOfASessionOfAnotherNamespaceIsNotFound() {
        Peers strangers = Peers.inNewNamespace(signaling());
        TestSession session = peers().open(offer("o"));
        long incarnation = session.session().incarnation();
        session.close();

        assertThat(session.follow(incarnation, 1)).hasSize(1);
        assertThatExceptionOfType(SessionNotFound.class)
                .isThrownBy(() -> session.in(strangers.namespace()).follow(incarnation, 1));
    }
}
