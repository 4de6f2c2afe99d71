package dev.parley.contract;

import static dev.parley.contract.OpeningBuilder.offer;
import static dev.parley.contract.TestValues.candidates;
import static dev.parley.contract.TestValues.newToken;
import static dev.parley.contract.TestValues.numbered;
import static dev.parley.session.Side.ANSWERER;
import static dev.parley.session.Side.OFFERER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.session.Description;
import dev.parley.session.Event;
import dev.parley.session.Trickle;
import dev.parley.store.Database.Work;
import dev.parley.store.sql.Change;
import dev.parley.store.sql.Guarded;
import dev.parley.store.sql.SessionStore;
import dev.parley.store.sql.SessionTransaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a commit tells waiting clients: the events that it appended, as reads find them, and the topic whose list it may alter. */
interface ChangeCases extends StoreUnderTest {
    SessionStore sessions();

    @Test
    default void eachChangeReportsTheEventsThatItAppended() {
        TestSession session = peers().open(offer("o").topic("t").trickle(candidates("x")));
        long incarnation = session.session().incarnation();

        assertReported(
                "t",
                session,
                tx -> sessions()
                        .answer(
                                tx,
                                Description.of("a"),
                                null,
                                candidates("x", "y"),
                                newToken().hash(),
                                10));
        assertReported(
                null, session, tx -> sessions().trickle(tx, session.offerer().hash(), candidates("x", "y"), null, 10));
        assertReported(
                "t", session, tx -> sessions().restart(tx, session.offerer().hash(), null, Description.of("second")));
        Change extended = assertReported(
                "t",
                session,
                tx -> sessions().extend(tx, session.offerer().hash(), tx.now().plus(Duration.ofHours(1))));
        assertThat(extended.events().expiresAt()).isEqualTo(session.session().expiresAt());
        long last = session.session().seq();
        Change closed =
                done(session, tx -> sessions().close(tx, session.offerer().hash()));
        assertThat(closed.topic()).isEqualTo("t");
        assertThat(closed.appended()).isEqualTo(session.follow(incarnation, last));
        assertThat(closed.row().seq()).isEqualTo(last + 1);
    }

    /** More than one statement adds; the numbers of repeated candidates are given back. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 20})
    default void repeatedCandidatesAreNotReported(int repeated) {
        TestSession session = peers().open(offer("o"));
        session.trickle(OFFERER, numbered(0, repeated));
        var all = new Trickle(numbered(0, 20).candidates(), true);

        Change change = assertReported(
                null, session, tx -> sessions().trickle(tx, session.offerer().hash(), all, null, 100));

        assertThat(change.trickled().added()).isEqualTo(20 - repeated);
        assertThat(session.side(OFFERER).candidates()).hasSize(20);
        assertThat(session.side(ANSWERER).candidates()).isEmpty();
    }

    private Change assertReported(@Nullable String topic, TestSession session, Attempt attempt) {
        long before = session.session().seq();
        Change change = done(session, attempt);
        List<Event> found = session.events(before, 100);
        assertThat(change.appended()).isEqualTo(found);
        assertThat(change.topic()).isEqualTo(topic);
        assertThat(change.row().version()).isEqualTo(session.session().version());
        return change;
    }

    private Change done(TestSession session, Attempt attempt) {
        Work<Change> work = tx -> attempt.run(new SessionTransaction(tx, session.key(), clock().instant()))
                .result()
                .orElseThrow();
        return Awaited.result(database().write(work));
    }

    /** A guarded change. */
    interface Attempt {
        Guarded<Change> run(SessionTransaction tx) throws SQLException;
    }
}
