package dev.parley.http.wait;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.session.Code;
import dev.parley.session.Listing;
import dev.parley.session.Listing.Identified;
import dev.parley.store.Node;
import dev.parley.store.Served;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TopicListTest {
    private static final int SIZE = 10;

    @Test
    void theChangesSinceAnotherListThanTheFormerOneAreComputed() {
        TopicList begin = list(null, 1);
        TopicList one = list(begin, 2, 1);
        TopicList other = list(begin, 3);

        assertThat(one.isSame(other)).as("both follow the same list").isFalse();
        assertThat(one.since(other).opened()).hasSize(2);
        assertThat(one.since(other).gone()).hasSize(1);
        assertThat(list(one, 1).since(other).gone()).as("two lists later").hasSize(1);
    }

    @Test
    void allWatchersOfTheFormerListReceiveTheSameChanges() {
        TopicList begin = list(null, 1);
        TopicList same = list(begin, 1);
        TopicList next = list(same, 2, 1);

        assertThat(same.isSame(begin)).isTrue();
        assertThat(next.since(begin)).isSameAs(next.since(same));
        assertThat(list(next, 2, 1).since(begin)).isSameAs(next.since(begin));
    }

    @Test
    void listsShareTheSessionsThatHaveNotChanged() {
        TopicList begin = list(null, 1);
        TopicList next = list(begin, 2, 1);

        Listing before = begin.since(null).opened().get(0);
        assertThat(next.since(null).opened().get(0)).isSameAs(before);
    }

    private static TopicList list(@Nullable TopicList former, long... ids) {
        List<Identified> sessions =
                LongStream.of(ids).mapToObj(TopicListTest::session).toList();
        return TopicList.of(former, new Served<>(sessions, "b", new Node("here", "", true), false), SIZE);
    }

    private static Identified session(long id) {
        return new Identified(
                id, id, new Listing(new Code("s" + id), "chess", null, List.of(), Instant.EPOCH, Instant.MAX));
    }
}
