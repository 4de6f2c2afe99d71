package dev.parley.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.session.SignalingException.Malformed;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A session token holds at least 128 bits, fits in a header, and is never printed. */
class SessionTokenTest {
    @ParameterizedTest
    @ValueSource(ints = {22, 23, 255, 256})
    void aSecretWithinItsLengthIsAccepted(int length) {
        assertThat(new SessionToken("s".repeat(length)).secret()).hasSize(length);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 21, 257})
    void aTooShortOrTooLongSecretIsRefused(int length) {
        assertThatThrownBy(() -> new SessionToken("s".repeat(length))).isInstanceOf(Malformed.class);
    }

    @Test
    void onlyVisibleAsciiIsAccepted() {
        for (char c = 0; c < 0x100; c++) {
            String secret = "s".repeat(21) + c;
            if (c > ' ' && c < 0x7f) {
                assertThatCode(() -> new SessionToken(secret))
                        .as("U+%04X", (int) c)
                        .doesNotThrowAnyException();
            } else {
                assertThatThrownBy(() -> new SessionToken(secret))
                        .as("U+%04X", (int) c)
                        .isInstanceOf(Malformed.class);
            }
        }
    }

    @Test
    void theRefusalDoesNotRepeatTheSecret() {
        assertThatThrownBy(() -> new SessionToken("too-short-a-secret")).hasMessageNotContaining("too-short-a-secret");
    }

    @Test
    void eachGeneratedTokenIsNew() {
        var random = new SecureRandom();
        var seen = new HashSet<SessionToken>();
        for (int i = 0; i < 1_000; i++) {
            SessionToken token = SessionToken.random(random);
            assertThat(token.secret()).matches("[A-Za-z0-9_-]{32}");
            assertThat(seen.add(token)).as("new").isTrue();
        }
    }

    @Test
    void theHashIsTheSha256OfTheSecret() {
        byte[] hash = new SessionToken("correct-horse-battery-staple").hash().bytes();

        assertThat(HexFormat.of().formatHex(hash))
                .isEqualTo("87cbebfeebc05f7c54ac9336c4b4bbec831227a641951a4bde7edd56020f8590");
    }

    @Test
    void neitherTheTokenNorItsHashIsPrinted() {
        var token = new SessionToken("correct-horse-battery-staple");

        assertThat(token).hasToString("SessionToken[masked]");
        assertThat(token.hash()).hasToString("TokenHash[masked]");
    }
}
