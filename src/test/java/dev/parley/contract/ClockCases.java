package dev.parley.contract;

import static dev.parley.contract.Awaited.served;
import static dev.parley.contract.OpeningBuilder.offer;
import static dev.parley.contract.TestValues.candidates;
import static dev.parley.session.Side.OFFERER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.session.Listing;
import dev.parley.session.Page;
import dev.parley.session.Page.Cursor;
import dev.parley.session.Session;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A clock that jumps, is set back or does not advance affects only the expiry of sessions: no order, no page, no bookmark. */
interface ClockCases extends StoreUnderTest {
    Duration HOUR = Duration.ofHours(1);

    @Test
    default void aClockSetBackLosesNothingAndChangesNoOrder() {
        TestSession before = peers().open(offer("o").topic("back").ttl(Duration.ofMinutes(2)));
        Served<Session> read = served(signaling().session(ReadFrom.PRIMARY, before.key()));

        clock().whileSetBack(HOUR, () -> {
            assertThat(before.trickle(OFFERER, candidates("x")).seq()).isEqualTo(2);
            before.answer("a");
            assertThat(before.events()).hasSize(3);
            assertBookmarksIncrease(read, before);
        });

        assertThat(before.session().seq()).isEqualTo(3);
    }

    @Test
    default void aSessionOpenedWhileTheClockIsSetBackIsNewestAndExpiresByTheClock() {
        TestSession before = peers().open(offer("o").topic("back").ttl(Duration.ofMinutes(2)));
        TestSession shortLived = clock().whileSetBack(HOUR, () -> {
            TestSession opened = peers().open(offer("p").topic("back").ttl(Duration.ofMinutes(2)));
            assertThat(peers().codes("back", null)).containsExactly(code(opened), code(before));
            assertThat(opened.session().expiresAt()).isEqualTo(clock().instant().plus(Duration.ofMinutes(2)));
            return opened;
        });

        assertThatExceptionOfType(SessionNotFound.class).isThrownBy(shortLived::session);
        assertThat(peers().codes("back", null)).containsExactly(code(before));
    }

    @Test
    default void aClockThatJumpsForwardExpiresOnlyTheSessionsThatEnded() {
        TestSession ended =
                peers().openAnswered(offer("o").code("jump").topic("jump").ttl(limits().ttlMin()), "a");
        TestSession lasting = peers().openAnswered(offer("o").ttl(limits().ttlMax()), "a");
        Served<Session> read = served(signaling().session(ReadFrom.PRIMARY, lasting.key()));

        clock().advance(limits().ttlMax().minusMillis(1));

        assertThatExceptionOfType(SessionNotFound.class).isThrownBy(ended::session);
        assertThat(lasting.trickle(OFFERER, candidates("x")).seq()).isEqualTo(3);
        TestSession reopened = peers().open(offer("new").code("jump").topic("jump"));
        assertThat(peers().codes("jump", null)).containsExactly(code(reopened));
        assertBookmarksIncrease(read, lasting);
    }

    /** Sessions of the same millisecond are ordered by an id that grows with each commit, so no page loses or repeats one. */
    @Test
    default void aClockThatDoesNotAdvanceLosesNoSessionBetweenPages() {
        var opened = new ArrayList<String>();
        for (int i = 0; i < 30; i++) {
            opened.add(0, code(peers().open(offer("o").topic("still"))));
        }

        var found = new ArrayList<String>();
        Cursor after = null;
        do {
            Page<Listing> page = peers().discover("still", null, after, 7);
            List<String> codes = Peers.codes(page);
            found.addAll(codes);
            after = page.next();
        } while (after != null);

        assertThat(found).isEqualTo(opened);
    }

    private static String code(TestSession session) {
        return session.key().code().text();
    }

    /**
     * What was read before the clock moved is still known by its bookmark, and what a session of three events has become has a newer
     * one. A replica need not have that state before it is asked for.
     */
    private void assertBookmarksIncrease(Served<Session> before, TestSession session) {
        assertThat(atLeast(before, session).reset()).isFalse();
        Served<Session> now = served(signaling().session(ReadFrom.PRIMARY, session.key()));
        assertThat(now.bookmark()).isGreaterThan(before.bookmark());

        Served<Session> later = atLeast(now, session);
        assertThat(later.reset()).isFalse();
        assertThat(later.bookmark()).isGreaterThan(before.bookmark());
        assertThat(later.result().seq()).isEqualTo(3);
    }

    private Served<Session> atLeast(Served<Session> read, TestSession session) {
        return served(signaling().session(new ReadFrom.AtLeast(read.bookmark()), session.key()));
    }
}
