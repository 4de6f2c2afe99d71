package dev.parley.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.TestSeed;
import dev.parley.session.Page.Cursor;
import dev.parley.session.SignalingException.Malformed;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cursor returns its position; any other text is refused. */
class CursorTest {
    private static final int WORDS = 20_000;
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ é";

    @ParameterizedTest
    @ValueSource(longs = {1, 42, Long.MAX_VALUE})
    void anIdIsReturned(long id) {
        assertThat(Cursor.parse(Cursor.at(id).word()).id()).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"chess", "a/b c?d&e=f", "é", "\uD83D\uDE00", "line\nline", "\uDBFF\uDFFF"})
    void aTextIsReturned(String position) {
        var cursor = new Cursor(position);

        assertThat(Cursor.parse(cursor.word())).isEqualTo(cursor);
    }

    @Test
    void aCursorNeedsNoEscapeInAUrl() {
        assertThat(new Cursor("~~~???>>>").word()).matches("[A-Za-z0-9_-]+");
    }

    @ParameterizedTest
    @ValueSource(strings = {"!", "a", "ab=c", "QQ===", "a b", "+/+/", "é", "____", "7aCA"})
    void onlyBase64OfUtf8IsAccepted(String word) {
        assertThatThrownBy(() -> Cursor.parse(word)).isInstanceOf(Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "chess", "1.5", "0x10", "9223372036854775808", "1 ", "+1", "-1", "\u0663"})
    void aTextIsNotAnId(String position) {
        Cursor cursor = Cursor.parse(new Cursor(position).word());

        assertThatThrownBy(cursor::id).isInstanceOf(Malformed.class);
    }

    @Test
    void aTextBelongsToTheListOfItsPrefix() {
        var cursor = new Cursor("chess/2");

        assertThat(cursor.text("chess/")).isEqualTo("chess/2");
        assertThat(cursor.text("")).isEqualTo("chess/2");
        assertThatThrownBy(() -> cursor.text("go/")).isInstanceOf(Malformed.class);
    }

    @Test
    void anyUnicodeTextIsReturned() {
        Random random = TestSeed.of(CursorTest.class).random();
        for (int i = 0; i < WORDS; i++) {
            String position = random.ints(random.nextInt(20), 1, Character.MAX_CODE_POINT + 1)
                    .filter(point -> Character.getType(point) != Character.SURROGATE)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();

            assertThat(Cursor.parse(new Cursor(position).word()).position()).isEqualTo(position);
        }
    }

    @Test
    void randomTextIsACursorOrRefused() {
        Random random = TestSeed.of(CursorTest.class).random();
        for (int i = 0; i < WORDS; i++) {
            // Mostly of the base64 alphabet, so that many texts decode.
            String word = random.ints(random.nextInt(8), 0, ALPHABET.length())
                    .mapToObj(ALPHABET::charAt)
                    .map(String::valueOf)
                    .collect(Collectors.joining());
            try {
                long id = Cursor.parse(word).id();
                assertThat(Cursor.parse(Cursor.at(id).word()).id()).isEqualTo(id);
            } catch (Malformed refusal) {
                assertThat(refusal.detail()).contains("start again without it");
            }
        }
    }
}
