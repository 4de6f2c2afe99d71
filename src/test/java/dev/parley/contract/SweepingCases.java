package dev.parley.contract;

import static dev.parley.contract.OpeningBuilder.offer;
import static dev.parley.contract.TestValues.lastCandidates;
import static dev.parley.session.Side.ANSWERER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.store.Statements.Sql;
import dev.parley.store.sql.SessionStore;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A sweep deletes expired sessions with their events, a bounded number at a time, and nothing else. */
interface SweepingCases extends StoreUnderTest {
    Sql SESSIONS_LEFT = new Sql("test-sessions-left", "SELECT count(*) FROM sessions WHERE namespace = ?");
    Sql EVENTS_LEFT = new Sql("test-events-left", """
            SELECT count(*) FROM events WHERE session_id IN (SELECT id FROM sessions WHERE namespace = ?)""");
    Sql ORPHANS = new Sql("test-orphans", """
            SELECT count(*) FROM events WHERE session_id NOT IN (SELECT id FROM sessions WHERE namespace <> ?)""");

    @Test
    default void aSweepDeletesAtMostItsBatchUntilNoExpiredSessionIsLeft() {
        sweepOtherTestsSessions();
        for (int i = 0; i < 7; i++) {
            peers().open(offer("o").ttl(Duration.ofSeconds(20)));
        }
        clock().advance(Duration.ofSeconds(20));

        assertThat(IntStream.range(0, 4).map(i -> sweep(3))).containsExactly(3, 3, 1, 0);
        assertThat(left(SESSIONS_LEFT)).isZero();
    }

    @Test
    default void theOldestSessionsAreSweptFirst() {
        sweepOtherTestsSessions();
        peers().open(offer("o").code("second").ttl(Duration.ofSeconds(21)));
        peers().open(offer("o").code("first").ttl(Duration.ofSeconds(20)));
        clock().advance(Duration.ofSeconds(30));
        sweep(1);

        assertThat(count(
                        new Sql("test-code", "SELECT count(*) FROM sessions WHERE code = 'second' AND namespace = ?"),
                        peers().namespace().name()))
                .isEqualTo(1);
        assertThat(left(SESSIONS_LEFT)).isEqualTo(1);
    }

    @Test
    default void theEventsOfASweptSessionAreDeleted() {
        TestSession session =
                peers().openAnswered(offer("o").ttl(Duration.ofSeconds(20)).trickle(lastCandidates("x")), "a");
        session.trickle(ANSWERER, lastCandidates("y"));
        session.restart("another offer");
        assertThat(left(EVENTS_LEFT)).isEqualTo(7);
        clock().advance(Duration.ofSeconds(20));
        sweepAll();

        assertThat(left(SESSIONS_LEFT)).isZero();
        assertThat(count(ORPHANS, "")).isZero();
    }

    @Test
    default void theEventsOfAClosedSessionAreDeleted() {
        TestSession session = peers().openAnswered(offer("o").trickle(lastCandidates("x")), "a");
        session.close();

        assertThat(count(ORPHANS, "")).isZero();
    }

    @Test
    default void aLiveSessionIsNotSwept() {
        TestSession live = peers().openAnswered(offer("o").ttl(Duration.ofMillis(20_001)), "a");
        peers().open(offer("o").ttl(Duration.ofSeconds(20)));
        clock().advance(Duration.ofSeconds(20));
        sweepAll();

        assertThat(left(SESSIONS_LEFT)).isEqualTo(1);
        assertThat(left(EVENTS_LEFT)).isEqualTo(2);
        assertThat(live.session().seq()).isEqualTo(2);
    }

    @Test
    default void anExtendedSessionIsSweptAtItsNewEnd() {
        TestSession session = peers().open(offer("o").ttl(Duration.ofSeconds(20)));
        clock().advance(Duration.ofSeconds(19));
        session.extend(session.offerer(), Duration.ofSeconds(20));
        clock().advance(Duration.ofSeconds(19));
        sweepAll();
        assertThat(left(SESSIONS_LEFT)).isEqualTo(1);

        clock().advance(Duration.ofSeconds(1));
        sweepAll();
        assertThat(left(SESSIONS_LEFT)).isZero();
    }

    private int sweep(int limit) {
        var now = clock().instant();
        return Awaited.result(database().write(tx -> SessionStore.sweep(tx, now, limit)));
    }

    /** A sweep covers all namespaces, so sessions of earlier tests are swept first. */
    private void sweepOtherTestsSessions() {
        clock().advance(limits().ttlMax());
        sweepAll();
    }

    private void sweepAll() {
        while (sweep(100) > 0) {
            // until no expired session is left
        }
    }

    private long left(Sql query) {
        return count(query, peers().namespace().name());
    }
}
