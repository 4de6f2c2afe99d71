package dev.parley.store.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.config.InvalidConfiguration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Configured keys: each has its own name and its own 32 bytes, and none is ever shown. */
class EncryptionKeysTest {
    private static final String SHORT = Base64.getEncoder().encodeToString(new byte[31]);

    @Test
    void theFirstKeyEncryptsAndAllAreFound() {
        EncryptionKeys ring = Keys.ring("2026", "2025");

        assertThat(ring.keys()).extracting(EncryptionKeys.Key::name).containsExactly("2026", "2025");
        for (EncryptionKeys.Key key : ring.keys()) {
            assertThat(ring.withId(key.id())).contains(key);
        }
        assertThat(ring).hasToString("EncryptionKeys[EncryptionKey[2026], EncryptionKey[2025]]");
        assertThat(EncryptionKeys.parse(List.of()).isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "secretsecret", "=c2VjcmV0", "a name=c2VjcmV0", "k=", "k=c2VjcmV0", "k=~secret~", "k=%s"})
    void anInvalidKeyIsReportedByItsNumberAndNotShown(String entry) {
        String wrong = entry.formatted(SHORT);
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> EncryptionKeys.parse(List.of(Keys.setting("good"), wrong)))
                .withMessageStartingWith("parley.encryption.keys: key 2 ")
                .satisfies(refusal -> assertThat(refusal)
                        .message()
                        .doesNotContain("secretsecret", "c2VjcmV0", "~secret~", SHORT, Keys.setting("good")));
    }

    @Test
    void noTwoKeysHaveTheSameNameOrTheSameBytes() {
        String same = Keys.setting("one").replace("one=", "two=");
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> EncryptionKeys.parse(List.of(Keys.setting("one"), same)));
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> EncryptionKeys.parse(List.of(Keys.setting("one"), Keys.otherSetting("one"))));
    }
}
