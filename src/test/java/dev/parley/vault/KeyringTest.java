package dev.parley.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys as they are set: each has a name of its own and 32 bytes of its own, and none is ever shown. */
class KeyringTest {
    private static final String SHORT = Base64.getEncoder().encodeToString(new byte[31]);

    @Test
    void theFirstKeySealsAndAllAreFound() {
        Keyring ring = Keys.ring("2026", "2025");

        assertThat(ring.keys()).extracting(VaultKey::name).containsExactly("2026", "2025");
        for (VaultKey key : ring.keys()) {
            assertThat(ring.withId(key.id())).contains(key);
            assertThat(ring.named(key.name())).contains(key);
        }
        assertThat(ring).hasToString("Keyring[VaultKey[2026], VaultKey[2025]]");
        assertThat(Keyring.parse(List.of()).isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "secretsecret", "=c2VjcmV0", "a name=c2VjcmV0", "k=", "k=c2VjcmV0", "k=~secret~", "k=%s"})
    void whatIsNoKeyIsNamedByItsPlaceAndNotShown(String entry) {
        String wrong = entry.formatted(SHORT);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Keyring.parse(List.of(Keys.setting("good"), wrong)))
                .withMessageStartingWith("key 2 ")
                .satisfies(refusal -> assertThat(refusal)
                        .message()
                        .doesNotContain("secretsecret", "c2VjcmV0", "~secret~", SHORT, Keys.setting("good")));
    }

    @Test
    void noTwoKeysHaveTheSameNameOrTheSameBytes() {
        String same = Keys.setting("one").replace("one=", "two=");
        assertThatIllegalArgumentException().isThrownBy(() -> Keyring.parse(List.of(Keys.setting("one"), same)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Keyring.parse(List.of(Keys.setting("one"), Keys.otherSetting("one"))));
    }
}
