package dev.parley.contract;

import static dev.parley.contract.OpeningBuilder.offer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.session.Page;
import dev.parley.session.Page.Cursor;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.TopicPage;
import dev.parley.session.TopicPage.TopicCount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Topics with open sessions, in code point order, each with its count. */
interface TopicCases extends StoreUnderTest {
    @Test
    default void eachTopicIsCountedOnceWithItsOpenSessions() {
        open("go", "chess", "chess");
        peers().openAnswered(offer("o").topic("chess"), "a");
        peers().openAnswered(offer("o").topic("poker"), "a");
        peers().open(offer("o"));

        assertThat(peers().topics("", null, 10))
                .isEqualTo(new Page<>(List.of(new TopicCount("chess", 2), new TopicCount("go", 1)), null));
        assertThat(peers().topicPage(0, 10))
                .isEqualTo(new TopicPage(List.of(new TopicCount("chess", 2), new TopicCount("go", 1)), 2));
    }

    @Test
    default void anExpiredSessionIsNotCounted() {
        peers().open(offer("o").topic("t").ttl(Duration.ofMillis(20_001)));
        peers().open(offer("o").topic("t").ttl(Duration.ofSeconds(20)));
        clock().advance(Duration.ofSeconds(20));
        assertThat(peers().topics("", null, 10).items()).containsExactly(new TopicCount("t", 1));

        clock().advance(Duration.ofMillis(1));
        assertThat(peers().topics("", null, 10).items()).isEmpty();
        assertThat(peers().topicPage(0, 10)).isEqualTo(new TopicPage(List.of(), 0));
    }

    @Test
    default void topicsAreOrderedByCodePoints() {
        // In UTF-16 order the last two would be swapped.
        open("\uD800\uDC00", "\uFF5E", "é", "z", "a", "Z", "a b", "a", "10", "9");

        assertThat(peers().topics("")).containsExactly("10", "9", "Z", "a", "a b", "z", "é", "\uFF5E", "\uD800\uDC00");
        assertThat(peers().topicPage(0, 100).topics())
                .extracting(TopicCount::topic)
                .containsExactly("10", "9", "Z", "a", "a b", "z", "é", "\uFF5E", "\uD800\uDC00");
    }

    @Test
    default void aPrefixIsLiteral() {
        open("che", "chess", "chess/eu", "chest", "Chess", "ch%", "ch_", "c");

        assertThat(peers().topics("chess")).containsExactly("chess", "chess/eu");
        assertThat(peers().topics("ches")).containsExactly("chess", "chess/eu", "chest");
        assertThat(peers().topics("ch%")).containsExactly("ch%");
        assertThat(peers().topics("ch_")).containsExactly("ch_");
        assertThat(peers().topics("chessboard")).isEmpty();
    }

    @Test
    default void aPrefixAtTheLimitsOfUnicodeMatchesTopicsThatBeginWithIt() {
        String last = "\uDBFF\uDFFF";
        open("a\uD7FF", "a\uD7FFb", "a\uE000", "a" + last, "a" + last + "b", "b", last, last + last);

        assertThat(peers().topics("a\uD7FF")).containsExactly("a\uD7FF", "a\uD7FFb");
        assertThat(peers().topics("a" + last)).containsExactly("a" + last, "a" + last + "b");
        assertThat(peers().topics(last)).containsExactly(last, last + last);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 5, 6})
    default void pagesContainEachTopicOnce(int limit) {
        open("a", "a", "b", "c", "d", "e", "e");

        var read = new ArrayList<TopicCount>();
        Cursor after = null;
        do {
            Page<TopicCount> page = peers().topics("", after, limit);
            assertThat(page.items()).hasSizeBetween(1, limit);
            read.addAll(page.items());
            after = page.next();
        } while (after != null);

        assertThat(read)
                .containsExactly(
                        new TopicCount("a", 2),
                        new TopicCount("b", 1),
                        new TopicCount("c", 1),
                        new TopicCount("d", 1),
                        new TopicCount("e", 2));
    }

    @Test
    default void pagesAreCompleteWhileTopicsAreAddedAndRemoved() {
        open("b", "d", "f", "h");
        TestSession closing = peers().open(offer("o").topic("c"));

        Page<TopicCount> first = peers().topics("", null, 2);
        assertThat(first.items()).extracting(TopicCount::topic).containsExactly("b", "c");
        closing.close(); // the last item of the page
        open("a", "e");
        Page<TopicCount> second = peers().topics("", first.next(), 3);

        assertThat(second.items()).extracting(TopicCount::topic).containsExactly("d", "e", "f");
        assertThat(peers().topics("", second.next(), 3).items())
                .extracting(TopicCount::topic)
                .containsExactly("h");
    }

    @Test
    default void aPrefixAndACursorCanBeCombined() {
        open("a", "chess/1", "chess/2", "chess/3", "d");

        Page<TopicCount> first = peers().topics("chess/", null, 2);
        Page<TopicCount> second = peers().topics("chess/", first.next(), 2);

        assertThat(first.items()).extracting(TopicCount::topic).containsExactly("chess/1", "chess/2");
        assertThat(second.items()).extracting(TopicCount::topic).containsExactly("chess/3");
        assertThat(second.next()).isNull();
    }

    @Test
    default void theCursorOfOtherTopicsIsRefused() {
        open("chess/1", "go/1");

        assertThatExceptionOfType(Malformed.class).isThrownBy(() -> peers().topics("chess/", new Cursor("go/1"), 2));
    }

    @Test
    default void longTopicsAreOrderedByTheirWholeText() {
        List<String> topics = longTopics();
        open(topics.get(2), topics.get(0), topics.get(3), topics.get(1), topics.get(2));

        assertThat(peers().topics("")).containsExactlyElementsOf(topics);
        assertThat(peers().topics("", null, 10).items())
                .extracting(TopicCount::sessions)
                .containsExactly(1L, 1L, 2L, 1L);
        assertThat(peers().topicPage(1, 2).topics())
                .extracting(TopicCount::topic)
                .containsExactlyElementsOf(topics.subList(1, 3));
    }

    @Test
    default void pagesAndPrefixesOfLongTopicsAreExact() {
        List<String> topics = longTopics();
        open(topics.toArray(String[]::new));
        String prefix = topics.get(0);

        var read = new ArrayList<String>();
        Cursor after = null;
        do {
            Page<TopicCount> page = peers().topics(prefix, after, 1);
            page.items().forEach(topic -> read.add(topic.topic()));
            after = page.next();
        } while (after != null);

        assertThat(read).containsExactlyElementsOf(topics.subList(0, 3));
        assertThat(peers().topics(topics.get(2))).containsExactly(topics.get(2));
    }

    /** A topic of the maximum length with four bytes per character, which exceeds an index entry on each engine. */
    private List<String> longTopics() {
        int max = limits().topicCharsMax();
        String begin = "\uD83D\uDE00".repeat(max - 1);
        String end = "\uD83D\uDE01".repeat(max);
        return List.of(begin, begin + "a", begin + "\uD83D\uDE00", end);
    }

    @Test
    default void anInvalidPrefixIsRefused() {
        assertThatExceptionOfType(Malformed.class).isThrownBy(() -> peers().topics("ch\0"));
        assertThatExceptionOfType(Malformed.class).isThrownBy(() -> Cursor.parse("Y2gA"));
    }

    @Test
    default void aNumberedPageHasTheTotalOfTopics() {
        open("a", "b", "b", "c");

        assertThat(peers().topicPage(1, 1)).isEqualTo(new TopicPage(List.of(new TopicCount("b", 2)), 3));
        assertThat(peers().topicPage(3, 1)).isEqualTo(new TopicPage(List.of(), 3));
    }

    private void open(String... topics) {
        for (String topic : topics) {
            peers().open(offer("o").topic(topic));
        }
    }
}
