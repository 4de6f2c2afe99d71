package dev.parley.contract;

import static dev.parley.contract.OpeningBuilder.offer;
import static dev.parley.contract.TestValues.candidate;
import static dev.parley.contract.TestValues.lastCandidates;
import static dev.parley.session.Side.ANSWERER;
import static dev.parley.session.Side.OFFERER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.session.Code;
import dev.parley.session.Description;
import dev.parley.session.Listing;
import dev.parley.session.Listing.Waiting;
import dev.parley.session.Page;
import dev.parley.session.Page.Cursor;
import dev.parley.session.Session.SideState;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.TopicPage.TopicCount;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Discovery: only open sessions, newest first, page by page while others are added and removed. */
interface DiscoveryCases extends StoreUnderTest {
    @Test
    default void anOpenSessionIsListedWithItsPublicFields() {
        TestSession session = peers().open(
                        offer("o").code("table-7").topic("chess").peerId("Zoë").tags("eu", "blitz"));
        peers().open(offer("o").code("plain").topic("go"));
        Instant now = clock().instant();
        Instant expiresAt = now.plus(limits().ttl());

        assertThat(peers().discover(null, null, null, 10))
                .isEqualTo(new Page<>(
                        List.of(
                                new Listing(new Code("plain"), "go", null, List.of(), now, expiresAt),
                                new Listing(
                                        session.key().code(), "chess", "Zoë", List.of("eu", "blitz"), now, expiresAt)),
                        null));
    }

    @Test
    default void aTopicAndATagFilterTheList() {
        peers().open(offer("o").code("1").topic("chess").tags("eu", "blitz"));
        peers().open(offer("o").code("2").topic("chess").tags("us"));
        peers().open(offer("o").code("3").topic("chess/eu").tags("eu"));
        peers().open(offer("o").code("4").topic("Chess"));

        assertThat(peers().codes("chess", null)).containsExactly("2", "1");
        assertThat(peers().codes(null, "eu")).containsExactly("3", "1");
        assertThat(peers().codes("chess", "eu")).containsExactly("1");
        assertThat(peers().codes("go", null)).isEmpty();
        assertThat(peers().codes("chess", "asia")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"e", "u", "EU", "eu ", "%", "_u", "eu\n", "eu\nblitz", "\n"})
    default void aPartOfATagIsNotTheTag(String part) {
        peers().open(offer("o").topic("chess").tags("eu", "blitz"));

        assertThat(peers().codes("chess", part)).isEmpty();
    }

    @Test
    default void onlyOpenSessionsAreListed() {
        peers().open(offer("o").code("open").topic("t"));
        peers().open(offer("o").code("topicless"));
        peers().openAnswered(offer("o").code("answered").topic("t"), "a");
        peers().openWithoutToken(offer("o").code("answered-too").topic("t")).answerWithoutToken("a");
        TestSession closed = peers().open(offer("o").code("closed").topic("t"));
        closed.close();

        assertThat(peers().codes(null, null)).containsExactly("open");
        assertThat(peers().codes("t", null)).containsExactly("open");
        assertThat(waitingCodes("t")).containsExactly("open");
    }

    @Test
    default void aSessionIsListedUntilItExpires() {
        peers().open(offer("o").code("long").topic("t").ttl(Duration.ofMillis(20_001)));
        peers().open(offer("o").code("short").topic("t").ttl(Duration.ofSeconds(20)));

        clock().advance(Duration.ofMillis(19_999));
        assertThat(peers().codes("t", null)).containsExactly("short", "long");
        assertThat(waitingCodes("t")).containsExactly("short", "long");
        clock().advance(Duration.ofMillis(1));
        assertThat(peers().codes("t", null)).containsExactly("long");
        assertThat(peers().codes(null, null)).containsExactly("long");
        assertThat(waitingCodes("t")).containsExactly("long");
    }

    @Test
    default void anAnsweredSessionIsNotListedAgainAfterANewOffer() {
        TestSession tokens = peers().openAnswered(offer("o").code("again").topic("t"), "a");
        TestSession noToken = peers().open(offer("o").code("again-too").topic("t"));
        noToken.answerWithoutToken("a");
        TestSession unanswered = peers().open(offer("o").code("unanswered").topic("t"));
        for (TestSession session : List.of(tokens, noToken, unanswered)) {
            session.restart("another offer");
            session.restart("a third offer");
        }

        assertThat(peers().codes("t", null)).containsExactly("unanswered");
        assertThat(peers().codes(null, null)).containsExactly("unanswered");
        assertThat(waitingCodes("t")).containsExactly("unanswered");
        assertThat(peers().topics("", null, 9).items()).containsExactly(new TopicCount("t", 1));
        assertThat(peers().topicPage(0, 9).total()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 6, 7, 8})
    default void pagesContainEachSessionOnceNewestFirst(int limit) {
        for (int i = 1; i <= 7; i++) {
            peers().open(offer("o").code("" + i).topic("t").tags("all"));
        }

        assertThat(pages(null, null, limit)).containsExactly("7", "6", "5", "4", "3", "2", "1");
        assertThat(pages("t", null, limit)).containsExactly("7", "6", "5", "4", "3", "2", "1");
        assertThat(pages("t", "all", limit)).containsExactly("7", "6", "5", "4", "3", "2", "1");
    }

    private List<String> pages(@Nullable String topic, @Nullable String tag, int limit) {
        var codes = new ArrayList<String>();
        Cursor after = null;
        do {
            Page<Listing> page = peers().discover(topic, tag, after, limit);
            assertThat(page.items()).hasSizeBetween(1, limit);
            codes.addAll(Peers.codes(page));
            after = page.next();
        } while (after != null);
        return codes;
    }

    @Test
    default void pagesAreCompleteWhileSessionsAreAddedAndRemoved() {
        List<TestSession> sessions = IntStream.range(0, 9)
                .mapToObj(i -> peers().open(offer("o").code("" + i).topic("t")))
                .toList();

        Page<Listing> first = peers().discover("t", null, null, 3);
        assertThat(Peers.codes(first)).containsExactly("8", "7", "6");
        sessions.get(6).close(); // the last item of the page
        sessions.get(7).answer("a"); // on the page before
        sessions.get(4).answer("a"); // on the next page
        peers().open(offer("o").code("9").topic("t")); // newer than all
        Page<Listing> second = peers().discover("t", null, first.next(), 3);
        assertThat(Peers.codes(second)).containsExactly("5", "3", "2");
        sessions.get(0).close();
        sessions.get(4).restart("another offer"); // answered before, so it is not listed
        Page<Listing> third = peers().discover("t", null, second.next(), 3);
        assertThat(Peers.codes(third)).containsExactly("1");
        assertThat(third.next()).isNull();
    }

    @Test
    default void aCursorContinuesTheList() {
        for (int i = 1; i <= 3; i++) {
            peers().open(offer("o").code("" + i).topic("t"));
        }
        Cursor next = peers().discover("t", null, null, 2).next();
        assertThat(next).isNotNull();

        assertThat(Peers.codes(peers().discover("t", null, Cursor.parse(next.word()), 2)))
                .containsExactly("1");
    }

    @Test
    default void theCursorOfAnotherListIsRefused() {
        assertThatExceptionOfType(Malformed.class)
                .isThrownBy(() -> peers().discover(null, null, new Cursor("chess"), 2));
    }

    @Test
    default void waitingSessionsAreListedWithOffersAndCandidates() {
        Instant now = clock().instant();
        Instant expiresAt = now.plus(limits().ttl());
        peers().open(offer("first").code("1").topic("t").peerId("p").trickle(lastCandidates("b", "a")));
        TestSession restarted = peers().open(offer("old").code("2").topic("t").trickle(lastCandidates("old")));
        restarted.restart("second");
        restarted.trickle(OFFERER, TestValues.candidates("c"));
        peers().openWithoutToken(offer("third").code("3").topic("t"))
                .trickleAs(ANSWERER, null, TestValues.candidates("not the offerer's"));
        peers().open(offer("elsewhere").code("4").topic("another"));

        assertThat(peers().waiting("t", 10))
                .containsExactly(
                        new Waiting(new Code("3"), null, said("third", false), now, expiresAt),
                        new Waiting(new Code("2"), null, said("second", false, "c"), now, expiresAt),
                        new Waiting(new Code("1"), "p", said("first", true, "b", "a"), now, expiresAt));
    }

    private static SideState said(String offer, boolean end, String... candidates) {
        return new SideState(
                Description.of(offer), TestValues.candidates(candidates).candidates(), end);
    }

    @Test
    default void theNewestWaitingSessionsAreListedUpToTheLimit() {
        for (int i = 1; i <= 4; i++) {
            peers().open(offer("o").code("" + i).topic("t").trickle(lastCandidates("x", "y")));
        }

        assertThat(peers().waiting("t", 1)).hasSize(1);
        assertThat(peers().waiting("t", 3))
                .extracting(waiting -> waiting.code().text())
                .containsExactly("4", "3", "2");
        assertThat(peers().waiting("t", 3))
                .allSatisfy(waiting ->
                        assertThat(waiting.offerer().candidates()).containsExactly(candidate("x"), candidate("y")));
        assertThat(peers().waiting("t", 5)).hasSize(4);
    }

    @Test
    default void aLongTopicIsMatchedEntirely() {
        String topic = "\uD83D\uDE00".repeat(limits().topicCharsMax() - 1);
        peers().open(offer("o").code("1").topic(topic + "a"));
        peers().open(offer("o").code("2").topic(topic + "b"));
        peers().open(offer("o").code("3").topic(topic));

        assertThat(peers().codes(topic + "a", null)).containsExactly("1");
        assertThat(peers().codes(topic, null)).containsExactly("3");
        assertThat(waitingCodes(topic + "b")).containsExactly("2");
        assertThat(waitingCodes(topic)).containsExactly("3");
    }

    @Test
    default void invalidTopicsAndTagsAreNotSearchedFor() {
        assertThatExceptionOfType(Malformed.class).isThrownBy(() -> peers().codes("ch\0ess", null));
        assertThatExceptionOfType(Malformed.class).isThrownBy(() -> peers().codes(null, "\0"));
        assertThatExceptionOfType(Malformed.class).isThrownBy(() -> waitingCodes("\0"));
    }

    private List<String> waitingCodes(String topic) {
        return peers().waiting(topic, 100).stream()
                .map(waiting -> waiting.code().text())
                .toList();
    }
}
