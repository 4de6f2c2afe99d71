package dev.parley.contract;

import static dev.parley.contract.Awaited.result;
import static dev.parley.contract.OpeningBuilder.offer;
import static dev.parley.contract.TestValues.candidates;
import static dev.parley.contract.TestValues.newToken;
import static dev.parley.contract.TestValues.offered;
import static dev.parley.session.Side.OFFERER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.session.Event;
import dev.parley.session.Namespace;
import dev.parley.session.Side;
import dev.parley.session.SignalingException.OutOfBounds;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.session.SignalingException.TokenMissing;
import dev.parley.session.SignalingException.TokenRefused;
import dev.parley.store.Statements.Sql;
import dev.parley.store.sql.SessionStore;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The lifetime of a session: exact to the millisecond without a sweep, extended by either side, ended by closing. */
interface LifetimeCases extends StoreUnderTest {
    Sql SESSIONS = new Sql("test-sessions", "SELECT count(*) FROM sessions WHERE namespace = ?");

    Sql CLOSED = new Sql("test-closed", "SELECT count(*) FROM closed_sessions WHERE namespace = ?");

    @ParameterizedTest
    @EnumSource
    default void aSessionExistsInItsLastMillisecondAndNotInTheNext(SessionCall call) {
        TestSession lasting = call.readySession(peers(), offer("o").ttl(Duration.ofMillis(20_001)));
        TestSession gone = call.readySession(peers(), offer("o").ttl(Duration.ofSeconds(20)));

        clock().advance(Duration.ofSeconds(20));

        assertThatCode(() -> call.in(lasting)).doesNotThrowAnyException();
        assertThatExceptionOfType(SessionNotFound.class).isThrownBy(() -> call.in(gone));
        assertThat(count(SESSIONS, peers().namespace().name()))
                .as("nobody swept")
                .isEqualTo(call == SessionCall.CLOSE ? 1 : 2);
    }

    @Test
    default void eventsDoNotExtendASession() {
        TestSession session = peers().open(offer("o").ttl(Duration.ofSeconds(20)));
        clock().advance(Duration.ofSeconds(19));
        session.answer("a");
        session.trickle(OFFERER, candidates("x"));
        clock().advance(Duration.ofSeconds(1));

        assertThatExceptionOfType(SessionNotFound.class).isThrownBy(session::session);
    }

    @ParameterizedTest
    @EnumSource
    default void eitherSideExtendsTheSessionFromNow(Side side) {
        TestSession session = peers().openAnswered(offer("o").ttl(Duration.ofSeconds(20)), "a");
        clock().advance(Duration.ofMillis(15_003));
        Instant granted = session.extend(session.token(side), Duration.ofSeconds(30));

        assertThat(granted).isEqualTo(clock().instant().plusSeconds(30));
        assertThat(session.session().expiresAt()).isEqualTo(granted);
        clock().moveTo(granted.minusMillis(1));
        assertThat(session.session().seq()).as("no event").isEqualTo(2);
        clock().moveTo(granted);
        assertThatExceptionOfType(SessionNotFound.class).isThrownBy(session::session);
    }

    @Test
    default void aShorterLifetimeIsGrantedToo() {
        TestSession session = peers().open(offer("o").ttl(Duration.ofSeconds(100)));

        Instant granted = session.extend(session.offerer(), limits().ttlMin());

        assertThat(granted).isEqualTo(clock().instant().plus(limits().ttlMin()));
    }

    @Test
    default void anotherTokenCannotExtend() {
        TestSession session = peers().open(offer("o"));
        Instant before = session.session().expiresAt();
        clock().advance(Duration.ofSeconds(1));

        assertThatExceptionOfType(TokenRefused.class)
                .isThrownBy(() -> session.extend(newToken(), Duration.ofMinutes(1)));
        assertThatExceptionOfType(TokenMissing.class).isThrownBy(() -> session.extend(null, Duration.ofMinutes(1)));
        assertThatExceptionOfType(TokenRefused.class)
                .as("no answerer yet")
                .isThrownBy(() -> session.extend(session.answerer(), Duration.ofMinutes(1)));
        assertThat(session.session().expiresAt()).isEqualTo(before);
    }

    @Test
    default void aLifetimeOutOfBoundsIsRefused() {
        TestSession session = peers().open(offer("o"));

        assertThatExceptionOfType(OutOfBounds.class)
                .isThrownBy(() ->
                        session.extend(session.offerer(), limits().ttlMin().minusMillis(1)));
        assertThatExceptionOfType(OutOfBounds.class)
                .isThrownBy(() ->
                        session.extend(session.offerer(), limits().ttlMax().plusMillis(1)));
        assertThat(session.session().expiresAt()).isEqualTo(clock().instant().plus(limits().ttl()));
    }

    @ParameterizedTest
    @EnumSource
    default void aClosedSessionIsNotFound(SessionCall call) {
        TestSession session = call.readySession(peers(), offer("o"));
        session.close();

        assertThatExceptionOfType(SessionNotFound.class).isThrownBy(() -> call.in(session));
        assertThat(count(SESSIONS, peers().namespace().name())).isZero();
    }

    @Test
    default void onlyTheOffererCanClose() {
        TestSession session = peers().openAnswered(offer("o"), "a");

        assertThatExceptionOfType(TokenRefused.class).isThrownBy(() -> session.close(session.answerer()));
        assertThatExceptionOfType(TokenRefused.class).isThrownBy(() -> session.close(newToken()));
        assertThatExceptionOfType(TokenMissing.class).isThrownBy(() -> session.close(null));
        assertThat(session.session().seq()).isEqualTo(2);
    }

    @Test
    default void aClientThatWaitsForAClosedSessionFindsItsLastEvent() {
        TestSession session = peers().openAnswered(offer("o").code("followed"), "a");
        long incarnation = session.session().incarnation();
        assertThat(session.follow(incarnation, 1)).isEqualTo(session.events().subList(1, 2));
        session.close();
        TestSession next = peers().open(offer("new").code("followed"));

        assertThat(session.follow(incarnation, 1)).containsExactly(new Event.Closed(3, 1));
        assertThat(next.follow(next.session().incarnation(), 0)).containsExactly(offered(1, 1, "new"));
        assertThatExceptionOfType(SessionNotFound.class)
                .as("an event that is known already")
                .isThrownBy(() -> session.follow(incarnation, 3));
        assertThatExceptionOfType(SessionNotFound.class)
                .as("the same code in another namespace")
                .isThrownBy(
                        () -> session.in(new Namespace("https://other.example")).follow(incarnation, 1));
    }

    @Test
    default void theLastEventOfAClosedSessionExpiresAndIsSwept() {
        TestSession session = peers().open(offer("o"));
        long incarnation = session.session().incarnation();
        session.close();
        clock().advance(Duration.ofSeconds(119));
        assertThat(session.follow(incarnation, 1)).hasSize(1);
        clock().advance(Duration.ofSeconds(1));

        assertThatExceptionOfType(SessionNotFound.class).isThrownBy(() -> session.follow(incarnation, 1));
        assertThat(count(CLOSED, peers().namespace().name())).isEqualTo(1);
        Instant now = clock().instant();
        while (result(database().write(tx -> SessionStore.sweepClosed(tx, now, 2))) > 0) {
            // until nothing expired is left
        }
        assertThat(count(CLOSED, peers().namespace().name())).isZero();
    }

    @Test
    default void theCodeOfAClosedSessionIsFree() {
        TestSession closed = peers().openAnswered(offer("o").code("reused"), "a");
        closed.close();

        TestSession session = peers().open(offer("new").code("reused"));

        assertThat(session.events()).containsExactly(offered(1, 1, "new"));
    }
}
