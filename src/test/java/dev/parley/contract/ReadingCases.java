package dev.parley.contract;

import static dev.parley.contract.OpeningBuilder.offer;
import static dev.parley.contract.TestValues.candidate;
import static dev.parley.contract.TestValues.candidates;
import static dev.parley.contract.TestValues.lastCandidates;
import static dev.parley.session.Side.ANSWERER;
import static dev.parley.session.Side.OFFERER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.session.Description;
import dev.parley.session.Event;
import dev.parley.session.Session;
import dev.parley.session.Session.SideState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading one session: its events in pages, or its current generation as one snapshot. */
interface ReadingCases extends StoreUnderTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 9, 10, 11})
    default void eventsReadPageByPageHaveNoGaps(int limit) {
        TestSession session = tenEvents();
        var read = new ArrayList<Event>();
        List<Event> piece;
        do {
            piece = session.events(read.size(), limit);
            assertThat(piece).hasSizeLessThanOrEqualTo(limit);
            read.addAll(piece);
        } while (!piece.isEmpty());

        assertThat(read).isEqualTo(session.events());
        assertThat(read).extracting(Event::seq).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
    }

    @ParameterizedTest
    @ValueSource(longs = {10, 11, Long.MAX_VALUE})
    default void afterTheLastEventTheListIsEmpty(long after) {
        assertThat(tenEvents().events(after, 10)).isEmpty();
    }

    private TestSession tenEvents() {
        TestSession session = peers().openAnswered(offer("o").trickle(lastCandidates("1")), "a");
        session.trickle(ANSWERER, candidates("1", "2"));
        session.trickle(OFFERER, candidates("2", "3"));
        session.restart("another offer");
        session.answer("b");
        return session;
    }

    @Test
    default void aSnapshotContainsBothSidesInTheCurrentGeneration() {
        TestSession session = tenEvents();
        session.trickle(ANSWERER, lastCandidates("4"));
        session.trickle(OFFERER, candidates("5"));

        Session read = session.session();
        assertThat(read.seq()).isEqualTo(13);
        assertThat(read.generation()).isEqualTo(2);
        assertThat(read.offerer())
                .isEqualTo(new SideState(Description.of("another offer"), List.of(candidate("5")), false));
        assertThat(read.answerer()).isEqualTo(new SideState(Description.of("b"), List.of(candidate("4")), true));
    }

    @Test
    default void aSideReadAloneEqualsItsPartOfTheSnapshot() {
        TestSession session = tenEvents();
        session.trickle(ANSWERER, lastCandidates("4"));

        assertThat(session.side(OFFERER)).isEqualTo(session.session().offerer());
        assertThat(session.side(ANSWERER)).isEqualTo(session.session().answerer());
    }

    @Test
    default void aSideWithoutEventsIsEmpty() {
        TestSession session = peers().open(offer("o"));

        assertThat(session.side(ANSWERER)).isEqualTo(new SideState(null, List.of(), false));
    }
}
