package dev.parley.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.TestSeed;
import dev.parley.store.sql.SessionRepository;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of a prefix is greater than every text that begins with it, and not greater than any other greater text. */
class PrefixEndTest {
    private static final String LAST = "\uDBFF\uDFFF";

    @ParameterizedTest
    @CsvSource({"a, b", "chess, chest", "az, a{", "é, ê"})
    void theLastCharacterIsIncremented(String prefix, String end) {
        assertThat(SessionRepository.endOf(prefix)).isEqualTo(end);
    }

    @Test
    void aSupplementaryCharacterIsIncrementedAsOne() {
        assertThat(SessionRepository.endOf("a\uD83D\uDE00")).isEqualTo("a\uD83D\uDE01");
        assertThat(SessionRepository.endOf("a\uFFFF")).isEqualTo("a\uD800\uDC00");
    }

    @Test
    void surrogatesAreSkipped() {
        assertThat(SessionRepository.endOf("a\uD7FF")).isEqualTo("a\uE000");
    }

    @Test
    void theMaximumCharacterCarriesOver() {
        assertThat(SessionRepository.endOf("a" + LAST)).isEqualTo("b");
        assertThat(SessionRepository.endOf("\uD7FF" + LAST + LAST)).isEqualTo("\uE000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", LAST, LAST + LAST})
    void aPrefixOfMaximumCharactersHasNoEnd(String prefix) {
        assertThat(SessionRepository.endOf(prefix)).isNull();
    }

    @Test
    void aTextIsBetweenPrefixAndEndExactlyIfItBeginsWithThePrefix() {
        Random random = TestSeed.of(PrefixEndTest.class).random();
        for (int i = 0; i < 20_000; i++) {
            String prefix = text(random);
            String text = random.nextBoolean() ? prefix + text(random) : text(random);
            String end = SessionRepository.endOf(prefix);

            boolean between = compare(text, prefix) >= 0 && (end == null || compare(text, end) < 0);
            assertThat(between).as("%s in %s", text, prefix).isEqualTo(text.startsWith(prefix));
        }
    }

    /** As the engines compare: by the bytes of UTF-8, which is code point order. */
    private static int compare(String one, String other) {
        return Arrays.compareUnsigned(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    /** Of few characters at the limits, so that texts often have the same beginning. */
    private static String text(Random random) {
        int[] edges = {'a', 'b', 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10fffe, 0x10ffff};
        return random.ints(random.nextInt(4), 0, edges.length)
                .map(i -> edges[i])
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
