package dev.parley.contract;

import static dev.parley.contract.Awaited.served;
import static dev.parley.contract.OpeningBuilder.offer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.session.Description;
import dev.parley.session.Session;
import dev.parley.session.Trickle;
import dev.parley.store.Bookmark;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** Each reply has a bookmark, and a read with that bookmark is at least as new. */
interface BookmarkCases extends StoreUnderTest {
    @Test
    default void bookmarksOfWritesSortInCommitOrder() {
        var words = new ArrayList<String>();
        for (int i = 0; i < 20; i++) {
            words.add(served(signaling().open(peers().namespace(), offer("o").opening()))
                    .bookmark());
        }

        assertThat(words).isSorted().doesNotHaveDuplicates().allSatisfy(Bookmark::parse);
    }

    @Test
    default void aReadWithTheBookmarkOfAWriteSeesIt() {
        TestSession session = peers().open(offer("o"));
        String written = served(signaling()
                        .answer(session.key(), Description.of("a"), null, Trickle.NOTHING, session.answerer()))
                .bookmark();

        Served<Session> read = served(signaling().session(new ReadFrom.AtLeast(written), session.key()));

        assertThat(read.result().answerer().description()).isEqualTo(Description.of("a"));
        assertThat(read.reset()).isFalse();
        assertThat(read.bookmark()).isGreaterThanOrEqualTo(written);
    }

    @Test
    default void everyKindOfReadReturnsABookmarkAsNewAsItsSnapshot() {
        TestSession session = peers().open(offer("o").topic("t"));
        String written =
                served(signaling().close(session.key(), session.offerer())).bookmark();
        ReadFrom from = new ReadFrom.AtLeast(written);
        var namespace = peers().namespace();

        assertThat(served(signaling().checkReadable(from)).bookmark()).isGreaterThanOrEqualTo(written);
        assertThat(served(signaling().waiting(from, namespace, "t", 1)).bookmark())
                .isGreaterThanOrEqualTo(written);
        assertThat(served(signaling().topicPage(from, namespace, 0, 1)).bookmark())
                .isGreaterThanOrEqualTo(written);
        assertThat(served(signaling().discover(from, namespace, null, null, null, 1))
                        .bookmark())
                .isGreaterThanOrEqualTo(written);
    }

    @Test
    default void theBookmarkOfAnotherHistoryIsReset() {
        TestSession session = peers().open(offer("o"));
        var foreign = new ReadFrom.AtLeast("2-" + "f".repeat(24) + "-" + "0".repeat(16));

        Served<Session> read = served(signaling().session(foreign, session.key()));

        assertThat(read.reset()).isTrue();
        assertThat(read.result().seq()).isEqualTo(1);
        assertThat(served(signaling().session(new ReadFrom.AtLeast(read.bookmark()), session.key()))
                        .reset())
                .isFalse();
    }

    @Test
    default void aReadWithoutABookmarkResetsNothing() {
        assertThat(served(signaling().checkReadable(ReadFrom.PRIMARY)).reset()).isFalse();
        assertThat(served(signaling().checkReadable(ReadFrom.ANYWHERE)).reset()).isFalse();
    }

    @Test
    default void writesAreServedByThePrimary() {
        assertThat(served(signaling().open(peers().namespace(), offer("o").opening()))
                        .node()
                        .primary())
                .isTrue();
        assertThat(served(signaling().checkReadable(ReadFrom.PRIMARY)).node().primary())
                .isTrue();
    }
}
