package dev.parley.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.TestSeed;
import dev.parley.session.SignalingException.Malformed;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A bookmark's word sorts in commit order and cannot be made up. */
class BookmarkSealTest {
    private static final String HISTORY = "0123456789abcdef01234567";
    private static final BookmarkSeal SEAL = new BookmarkSeal(secret("of this database"));

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 255, Long.MAX_VALUE, Long.MIN_VALUE, -1})
    void aBookmarkComesBack(long position) {
        var bookmark = new Bookmark(HISTORY, position);

        assertThat(SEAL.bookmark(SEAL.word(bookmark))).contains(bookmark);
    }

    @Test
    void theWordIs66CharactersThatAHeaderCarries() {
        assertThat(SEAL.word(new Bookmark(HISTORY, 7))).matches("[A-Za-z0-9_-]{66}");
    }

    @Test
    void wordsOfOneHistorySortInCommitOrder() {
        Random random = TestSeed.of(BookmarkSealTest.class).random();
        for (int i = 0; i < 10_000; i++) {
            // Of every length, for that is where an order by digits could break.
            long one = random.nextLong() >>> random.nextInt(64);
            long other = random.nextBoolean() ? one + 1 : random.nextLong() >>> random.nextInt(64);

            int inCommitOrder = Integer.signum(Long.compareUnsigned(one, other));
            int asStrings = Integer.signum(
                    SEAL.word(new Bookmark(HISTORY, one)).compareTo(SEAL.word(new Bookmark(HISTORY, other))));
            assertThat(asStrings).as("%x and %x", one, other).isEqualTo(inCommitOrder);
        }
    }

    @Test
    void aWordSealedElsewhereIsNotOurs() {
        var elsewhere = new BookmarkSeal(secret("of another database"));

        assertThat(SEAL.bookmark(elsewhere.word(new Bookmark(HISTORY, 7)))).isEmpty();
    }

    @Test
    void aWordWithAnyCharacterChangedIsNotOurs() {
        String word = SEAL.word(new Bookmark(HISTORY, 7));
        // The last character carries but two bits of the seal, so another one may stand for the same seal.
        for (int at = 0; at < word.length() - 1; at++) {
            char other = word.charAt(at) == '0' ? '1' : '0';
            String forged = word.substring(0, at) + other + word.substring(at + 1);

            assertThat(SEAL.bookmark(forged)).as(forged).isEmpty();
        }
    }

    @Test
    void thePositionOfOneWordWithTheSealOfAnotherIsNotOurs() {
        String seven = SEAL.word(new Bookmark(HISTORY, 7));
        String eight = SEAL.word(new Bookmark(HISTORY, 8));
        int seal = seven.length() - 22;

        assertThat(SEAL.bookmark(eight.substring(0, seal) + seven.substring(seal)))
                .isEmpty();
    }

    @Test
    void aWordSealedElsewhereHasTheShapeOfABookmark() {
        String word = new BookmarkSeal(secret("of another database")).word(new Bookmark(HISTORY, 7));

        assertThat(BookmarkSeal.shaped(word)).isEqualTo(word);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "first-primary",
                "1-0123456789abcdef01234567-0000000000000007",
                "2-0123456789abcdef01234567-0000000000000007-AAAAAAAAAAAAAAAAAAAAAA",
                "1-0123456789ABCDEF01234567-0000000000000007-AAAAAAAAAAAAAAAAAAAAAA",
                "1-0123456789abcdef01234567-000000000000000g-AAAAAAAAAAAAAAAAAAAAAA",
                "1-0123456789abcdef01234567-0000000000000007-AAAAAAAAAAAAAAAAAAAAA",
                "1-0123456789abcdef01234567-0000000000000007-AAAAAAAAAAAAAAAAAAAAAA\n",
                " 1-0123456789abcdef01234567-0000000000000007-AAAAAAAAAAAAAAAAAAAAAA",
                "1-0123456789abcdef01234567-000000000000000٣-AAAAAAAAAAAAAAAAAAAAAA"
            })
    void garbageIsNoBookmarkAtAll(String garbage) {
        assertThatThrownBy(() -> BookmarkSeal.shaped(garbage)).isInstanceOf(Malformed.class);
        assertThat(SEAL.bookmark(garbage)).isEmpty();
    }

    private static byte[] secret(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
