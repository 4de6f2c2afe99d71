package dev.parley.contract;

import static dev.parley.contract.OpeningBuilder.offer;
import static dev.parley.contract.TestValues.lastCandidates;
import static dev.parley.contract.TestValues.newToken;
import static dev.parley.session.Side.ANSWERER;
import static dev.parley.session.Side.OFFERER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.TestConfig;
import dev.parley.session.Description;
import dev.parley.session.SessionToken;
import dev.parley.session.SignalingException.NamespaceFull;
import dev.parley.session.Trickle;
import dev.parley.signaling.SessionConfig;
import dev.parley.signaling.Signaling;
import dev.parley.signaling.TestSignaling;
import dev.parley.store.Statements.Sql;
import dev.parley.store.sql.SessionStore;
import dev.parley.waiting.TestWaitRegistries;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** The quota of a namespace holds under concurrent requests, and deleted sessions return their charge. */
interface QuotaCases extends StoreUnderTest {
    int ANY = 1_000_000;

    Sql SESSIONS_CHARGED = new Sql("test-sessions-charged", """
            SELECT COALESCE(sum(sessions), 0) FROM namespaces WHERE namespace = ?""");
    Sql BYTES_CHARGED = new Sql("test-bytes-charged", """
            SELECT COALESCE(sum(bytes), 0) FROM namespaces WHERE namespace = ?""");
    Sql ROWS = new Sql("test-namespaces", "SELECT count(*) FROM namespaces WHERE namespace = ?");

    @Test
    default void aNamespaceHasAtMostItsQuotaOfSessions() {
        Peers peers = held(3, ANY);
        for (int i = 0; i < 3; i++) {
            peers.open(offer("o"));
        }

        assertThatExceptionOfType(NamespaceFull.class).isThrownBy(() -> peers.open(offer("o")));
        assertThat(count(SESSIONS_CHARGED, peers.namespace().name())).isEqualTo(3);
        new Peers(peers.signaling(), peers().namespace()).open(offer("o"));
    }

    @Test
    default void of50ConcurrentOpeningsForTheLastPlaceOneSucceeds() throws Exception {
        Peers peers = held(3, ANY);
        peers.open(offer("o"));
        peers.open(offer("o"));
        Callable<Boolean> open = () -> wasLetIn(() -> peers.open(offer("o")));
        try (var race = new ConcurrentCalls()) {
            assertThat(race.run(Collections.nCopies(50, open), over -> "").calls())
                    .containsOnlyOnce(true);
        }
        assertThat(count(SESSIONS_CHARGED, peers.namespace().name())).isEqualTo(3);
        assertThat(count(SweepingCases.SESSIONS_LEFT, peers.namespace().name())).isEqualTo(3);
    }

    @Test
    default void of50ConcurrentRequestsForTheLastBytesOneSucceeds() throws Exception {
        Trickle trickle = lastCandidates("x".repeat(1_000));
        Peers opener = held(ANY, ANY);
        List<TestSession> sessions = Collections.nCopies(50, "").stream()
                .map(none -> opener.open(offer("o")))
                .toList();
        long used = count(BYTES_CHARGED, opener.namespace().name());
        Peers peers = held(opener, ANY, used + 2 * trickle.bytes() - 1);
        var calls = sessions.stream()
                .map(session -> (Callable<Boolean>) () -> wasLetIn(() ->
                        Awaited.result(peers.signaling().trickle(session.key(), session.offerer(), trickle, null))))
                .toList();
        try (var race = new ConcurrentCalls()) {
            assertThat(race.run(calls, over -> "").calls()).containsOnlyOnce(true);
        }
        assertThat(count(BYTES_CHARGED, opener.namespace().name())).isEqualTo(used + trickle.bytes());
    }

    @Test
    default void aClosedSessionMakesRoomForAnother() {
        Peers peers = held(1, ANY);
        peers.open(offer("o")).close();

        peers.open(offer("o"));
    }

    @Test
    default void anExpiredSessionDoesNotCountBeforeASweep() {
        Peers peers = held(2, ANY);
        peers.open(offer("o").ttl(Duration.ofSeconds(20)));
        peers.open(offer("o").ttl(Duration.ofSeconds(20)));
        clock().advance(Duration.ofSeconds(20));

        peers.open(offer("o"));
        peers.open(offer("o"));
        assertThatExceptionOfType(NamespaceFull.class).isThrownBy(() -> peers.open(offer("o")));
    }

    @Test
    default void theCodeOfAnExpiredSessionIsReusedWithinTheQuota() {
        Peers peers = held(1, ANY);
        peers.open(offer("o").code("c").ttl(Duration.ofSeconds(20)));
        clock().advance(Duration.ofSeconds(20));

        peers.open(offer("o").code("c"));
        assertThat(count(SESSIONS_CHARGED, peers.namespace().name())).isEqualTo(1);
    }

    @Test
    default void aChargeIsReturnedWhoeverDeletesTheSession() {
        Peers peers = held(ANY, ANY);
        TestSession swept =
                peers.openAnswered(offer("o").ttl(Duration.ofSeconds(20)).trickle(lastCandidates("a")), "answer");
        swept.trickle(ANSWERER, lastCandidates("b"));
        swept.restart("another offer");
        TestSession closed = peers.openAnswered(offer("o"), "answer");
        assertThat(count(SESSIONS_CHARGED, peers.namespace().name())).isEqualTo(2);

        closed.close();
        clock().advance(Duration.ofSeconds(20));
        var now = clock().instant();
        while (Awaited.result(database().write(tx -> SessionStore.sweep(tx, now, 100))) > 0) {
            // until no expired session is left
        }
        assertThat(count(ROWS, peers.namespace().name())).isZero();
    }

    @Test
    default void eventsCountAgainstTheQuotaOfBytes() {
        Peers opener = held(ANY, ANY);
        TestSession session = opener.open(offer("o"));
        long used = count(BYTES_CHARGED, opener.namespace().name());
        Peers peers = held(opener, ANY, used + 100);
        Signaling signaling = peers.signaling();
        SessionToken answerer = newToken();
        String long101 = "x".repeat(101);

        assertFull(() -> Awaited.result(
                signaling.answer(session.key(), Description.of(long101), null, Trickle.NOTHING, answerer)));
        assertFull(() ->
                Awaited.result(signaling.trickle(session.key(), session.offerer(), lastCandidates(long101), null)));
        assertFull(() ->
                Awaited.result(signaling.restart(session.key(), session.offerer(), null, Description.of(long101))));
        assertFull(() -> peers.open(offer("o")));
        assertThat(session.session().seq()).isEqualTo(1);
        assertThat(count(BYTES_CHARGED, opener.namespace().name())).isEqualTo(used);
    }

    @Test
    default void aReplayIsAcceptedAtTheQuota() {
        Peers opener = held(ANY, ANY);
        SessionToken offerer = newToken();
        SessionToken answerer = newToken();
        OpeningBuilder draft = offer("o").code("c").token(offerer);
        TestSession session = opener.open(draft);
        var answer = Description.of("answer");
        Awaited.result(opener.signaling().answer(session.key(), answer, null, Trickle.NOTHING, answerer));
        session.trickle(OFFERER, lastCandidates("a"));
        long used = count(BYTES_CHARGED, opener.namespace().name());
        Peers peers = held(opener, 1, used);
        Signaling signaling = peers.signaling();

        assertThat(peers.join(draft).replay()).isTrue();
        assertThat(Awaited.result(signaling.answer(session.key(), answer, null, Trickle.NOTHING, answerer))
                        .replay())
                .isTrue();
        assertThat(Awaited.result(signaling.trickle(session.key(), offerer, lastCandidates("a"), null))
                        .added())
                .isZero();
        assertThat(count(BYTES_CHARGED, opener.namespace().name())).isEqualTo(used);
    }

    @Test
    default void candidatesThatARepeatedCallAddsAreCharged() {
        Peers opener = held(ANY, ANY);
        SessionToken answerer = newToken();
        OpeningBuilder draft = offer("o").code("c").token(newToken());
        TestSession session = opener.open(draft);
        var answer = Description.of("answer");
        Awaited.result(opener.signaling().answer(session.key(), answer, null, Trickle.NOTHING, answerer));
        long used = count(BYTES_CHARGED, opener.namespace().name());
        Trickle one = lastCandidates("a");
        Peers peers = held(opener, 1, used + one.bytes());

        assertFull(() -> peers.join(draft.trickle(lastCandidates("a", "b"))));
        assertThat(peers.join(draft.trickle(one)).replay()).isTrue();
        assertThat(count(BYTES_CHARGED, opener.namespace().name())).isEqualTo(used + one.bytes());
        assertFull(() -> Awaited.result(peers.signaling().answer(session.key(), answer, null, one, answerer)));
        assertThat(session.session().seq()).as("offer, answer, candidate, end").isEqualTo(4);
        assertThat(count(BYTES_CHARGED, opener.namespace().name())).isEqualTo(used + one.bytes());
    }

    @Test
    default void withoutAQuotaNothingIsCounted() {
        TestSession session = peers().openAnswered(offer("o"), "answer");
        session.trickle(OFFERER, lastCandidates("a"));
        assertThat(count(ROWS, peers().namespace().name())).isZero();

        Peers late = held(peers(), 1, ANY);
        late.open(offer("o"));
        session.close();
        assertThat(count(SESSIONS_CHARGED, peers().namespace().name())).isEqualTo(1);
    }

    private static boolean wasLetIn(Runnable call) {
        try {
            call.run();
            return true;
        } catch (NamespaceFull refusal) {
            return false;
        }
    }

    private static void assertFull(Runnable call) {
        assertThatExceptionOfType(NamespaceFull.class).isThrownBy(call::run);
    }

    private Peers held(long sessionsMax, long bytesMax) {
        return held(Peers.inNewNamespace(signaling()), sessionsMax, bytesMax);
    }

    /** The same peers under a quota; the engine is the same. */
    private Peers held(Peers peers, long sessionsMax, long bytesMax) {
        var settings = new HashMap<String, String>();
        if (sessionsMax < Long.MAX_VALUE) {
            settings.put("parley.limits.sessions-per-namespace", Long.toString(sessionsMax));
        }
        if (bytesMax < Long.MAX_VALUE) {
            settings.put("parley.limits.bytes-per-namespace", Long.toString(bytesMax));
        }
        SessionConfig held = TestConfig.of(SessionConfig.class, settings);
        return new Peers(
                TestSignaling.over(database(), TestWaitRegistries.nobodyWaits(), held, clock(), new SecureRandom()),
                peers.namespace());
    }
}
