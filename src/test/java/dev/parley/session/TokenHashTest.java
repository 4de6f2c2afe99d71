package dev.parley.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Two token hashes are equal when all of their bytes are. */
class TokenHashTest {
    private static final TokenHash HASH = new SessionToken("a-secret-of-the-offerer").hash();

    @Test
    void theSameSecretHasTheSameHash() {
        TokenHash again = new SessionToken("a-secret-of-the-offerer").hash();

        assertThat(again).isEqualTo(HASH).hasSameHashCodeAs(HASH);
    }

    @Test
    void aHashThatDiffersInOneBitDiffers() {
        for (int bit = 0; bit < 256; bit++) {
            byte[] other = HASH.bytes().clone();
            other[bit / 8] ^= (byte) (1 << bit % 8);

            assertThat(new TokenHash(other)).as("bit %d", bit).isNotEqualTo(HASH);
        }
    }

    @Test
    void aHashOfAnotherLengthDiffers() {
        byte[] bytes = HASH.bytes();

        assertThat(new TokenHash(Arrays.copyOf(bytes, 31))).isNotEqualTo(HASH);
        assertThat(new TokenHash(Arrays.copyOf(bytes, 33))).isNotEqualTo(HASH);
        assertThat(new TokenHash(new byte[0])).isNotEqualTo(HASH);
    }

    @Test
    void nullAndOtherTypesDiffer() {
        assertThat(HASH.equals(null)).isFalse();
        assertThat(HASH).isNotEqualTo(HASH.bytes());
    }
}
