package dev.parley.signaling;

import static dev.parley.signaling.Draft.offer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.parley.session.Code;
import dev.parley.session.Event;
import dev.parley.session.Session;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException.SessionNotFound;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A namespace is a wall: from the other side a session looks as if it had never been. */
interface StrangerCases extends StoreUnderTest {
    @ParameterizedTest
    @EnumSource
    default void aSessionOfAnotherNamespaceIsNotThere(Call call) {
        Peers strangers = Peers.strangersToAllOthers(signaling());
        Rendezvous session = call.readySession(peers(), offer("o").topic("t"));
        Session before = session.session();
        List<Event> events = session.events();

        assertThatExceptionOfType(SessionNotFound.class).isThrownBy(() -> call.in(session.in(strangers.namespace())));
        assertThat(session.session()).isEqualTo(before);
        assertThat(session.events()).isEqualTo(events);
    }

    @ParameterizedTest
    @EnumSource
    default void oneNamespacesSessionIsNotTouchedThroughAnothersOfTheSameCode(Call call) {
        Peers strangers = Peers.strangersToAllOthers(signaling());
        Rendezvous ours = call.readySession(peers(), offer("o").code("same").topic("t"));
        Rendezvous theirs =
                call.readySession(strangers, offer("theirs").code("same").topic("t"));
        Session before = ours.session();
        List<Event> events = ours.events();

        call.in(theirs);

        assertThat(ours.session()).isEqualTo(before);
        assertThat(ours.events()).isEqualTo(events);
    }

    @ParameterizedTest
    @EnumSource
    default void unknownForeignExpiredAndClosedLookTheSame(Call call) {
        Rendezvous unknown = new Rendezvous(
                signaling(),
                new SessionKey(peers().namespace(), new Code("never-was")),
                Words.newToken(),
                Words.newToken());
        Rendezvous foreign = call.readySession(peers(), offer("o"))
                .in(Peers.strangersToAllOthers(signaling()).namespace());
        Rendezvous closed = call.readySession(peers(), offer("o"));
        closed.close();
        Rendezvous expired = call.readySession(peers(), offer("o").ttl(Duration.ofSeconds(10)));
        clock().advance(Duration.ofSeconds(10));

        String told = told(call, unknown);
        assertThat(told(call, foreign)).isEqualTo(told);
        assertThat(told(call, expired)).isEqualTo(told);
        assertThat(told(call, closed)).isEqualTo(told);
    }

    private static String told(Call call, Rendezvous session) {
        return String.valueOf(catchThrowable(() -> call.in(session)));
    }

    @Test
    default void discoveryEndsAtTheNamespace() {
        Peers strangers = Peers.strangersToAllOthers(signaling());
        peers().open(offer("o").code("ours").topic("t").tags("eu"));
        strangers.open(offer("o").code("theirs").topic("t").tags("eu"));
        strangers.open(offer("o").code("more").topic("another"));

        assertThat(peers().codes(null, null)).containsExactly("ours");
        assertThat(peers().codes("t", "eu")).containsExactly("ours");
        assertThat(peers().topics("")).containsExactly("t");
        assertThat(peers().topicPage(0, 10).total()).isEqualTo(1);
        assertThat(peers().waiting("t", 10)).hasSize(1);
        assertThat(peers().waiting("another", 10)).isEmpty();
    }
}
