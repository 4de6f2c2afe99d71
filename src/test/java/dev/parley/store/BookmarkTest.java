package dev.parley.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.TestSeed;
import dev.parley.session.SignalingException.Malformed;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BookmarkTest {
    private static final String HISTORY = "0123456789abcdef01234567";

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 255, Long.MAX_VALUE, Long.MIN_VALUE, -1})
    void aTextParsesToItsBookmark(long position) {
        var bookmark = new Bookmark(HISTORY, position);

        assertThat(Bookmark.parse(bookmark.text())).isEqualTo(bookmark);
    }

    @Test
    void theTextIs43CharactersThatAHeaderCanCarry() {
        assertThat(new Bookmark(HISTORY, 7).text()).matches("[A-Za-z0-9_-]{43}");
    }

    @Test
    void textsOfOneHistorySortInCommitOrder() {
        Random random = TestSeed.of(BookmarkTest.class).random();
        for (int i = 0; i < 10_000; i++) {
            // Positions of every length, because an order by digits could break where the length changes.
            long one = random.nextLong() >>> random.nextInt(64);
            long other = random.nextBoolean() ? one + 1 : random.nextLong() >>> random.nextInt(64);

            int inCommitOrder = Integer.signum(Long.compareUnsigned(one, other));
            int asStrings =
                    Integer.signum(new Bookmark(HISTORY, one).text().compareTo(new Bookmark(HISTORY, other).text()));
            assertThat(asStrings).as("%x and %x", one, other).isEqualTo(inCommitOrder);
        }
    }

    @Test
    void aBookmarkOfTheFormerFormatIsRecognized() {
        String former = "1-" + HISTORY + "-0000000000000007-AAAAAAAAAAAAAAAAAAAAAA";

        assertThat(Bookmark.isFormer(former)).isTrue();
        assertThat(Bookmark.isFormer(former + "A")).isFalse();
        assertThat(Bookmark.isFormer(new Bookmark(HISTORY, 7).text())).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "first-primary",
                "1-0123456789abcdef01234567-0000000000000007",
                "1-0123456789abcdef01234567-0000000000000007-AAAAAAAAAAAAAAAAAAAAAA",
                "3-0123456789abcdef01234567-0000000000000007",
                "2-0123456789abcdef01234567-0000000000000007-AAAAAAAAAAAAAAAAAAAAAA",
                "2-0123456789ABCDEF01234567-0000000000000007",
                "2-0123456789abcdef01234567-000000000000000g",
                "2-0123456789abcdef01234567-000000000000007",
                "2-0123456789abcdef01234567-0000000000000007\n",
                " 2-0123456789abcdef01234567-0000000000000007",
                "2-0123456789abcdef01234567-000000000000000٣"
            })
    void otherTextsAreRejected(String text) {
        assertThatThrownBy(() -> Bookmark.parse(text)).isInstanceOf(Malformed.class);
    }
}
