package dev.parley.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.session.SignalingException.OutOfBounds;
import java.security.SecureRandom;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A code needs no escape in a URL, and a generated one cannot be guessed. */
class CodeTest {
    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    @Test
    void aCodeConsistsOfUnreservedCharacters() {
        for (char c = 0; c < 128; c++) {
            assertThat(Code.isUnreserved("a" + c + "z")).as("U+%04X", (int) c).isEqualTo(UNRESERVED.indexOf(c) >= 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a/b", "é", "٣", "\uD83D\uDE00", "a\n", "%41"})
    void invalidTextIsRefusedWithTheNameOfTheField(String text) {
        assertThatThrownBy(() -> new Code(text))
                .isInstanceOfSatisfying(
                        OutOfBounds.class,
                        refusal -> assertThat(refusal.field()).isEqualTo("code"));
    }

    /** A URL loses such a segment, so the session could not be requested. */
    @ParameterizedTest
    @ValueSource(strings = {".", ".."})
    void aDotSegmentCannotBeChosen(String text) {
        assertThatThrownBy(() -> Code.chosen(text))
                .isInstanceOfSatisfying(
                        OutOfBounds.class,
                        refusal -> assertThat(refusal.field()).isEqualTo("code"));
        assertThat(Code.chosen("..." + text).text()).isEqualTo("..." + text);
    }

    @Test
    void aGeneratedCodeHas128BitsInUnreservedCharacters() {
        var random = new SecureRandom();
        var seen = new HashSet<Code>();
        for (int i = 0; i < 1_000; i++) {
            Code code = Code.random(random);
            assertThat(code.text()).matches("[A-Za-z0-9_-]{22}");
            assertThat(seen.add(code)).as("new").isTrue();
        }
    }

    @Test
    void aCodePrintsAsItsText() {
        assertThat(new Code("table-7")).hasToString("table-7");
    }
}
