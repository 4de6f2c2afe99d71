package dev.parley.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.session.TokenHash;
import java.security.SecureRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Generated keys are random, and secret except for their holder. */
class BearerKeyTest {
    private final SecureRandom random = new SecureRandom();

    @Test
    void aKeyHasAPrefixAnd256RandomBits() {
        assertThat(BearerKey.random(random).secret()).matches("parley_[A-Za-z0-9_-]{43}");
        assertThat(IntStream.range(0, 1000)
                        .mapToObj(i -> BearerKey.random(random).secret())
                        .collect(Collectors.toSet()))
                .hasSize(1000);
    }

    @Test
    void aKeyIsIdentifiedByItsHash() {
        BearerKey key = BearerKey.random(random);

        assertThat(key.hash()).isEqualTo(TokenHash.of(key.secret()));
        assertThat(key.hash()).isNotEqualTo(BearerKey.random(random).hash());
    }

    @Test
    void aKeyIsMaskedInLogs() {
        BearerKey key = BearerKey.random(random);

        assertThat(key.toString()).doesNotContain(key.secret());
        assertThat(key.hash().toString()).isEqualTo("TokenHash[masked]");
    }
}
