package dev.parley.store.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.config.InvalidConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys come from a setting, or from a file that other users cannot access. */
class EncryptionConfigTest {
    @TempDir
    Path folder;

    private record Configured(Optional<List<String>> keys, Optional<String> keysFile) implements EncryptionConfig {}

    @Test
    void withoutKeysPayloadsAreNotEncrypted() {
        assertThat(keyring(null, null).isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"r--------", "rw-------", "r--r-----"})
    void aFileContainsOneKeyPerLine(String rights) throws IOException {
        Path file = file(rights, "# made in March\n" + Keys.setting("new") + "\n\n" + Keys.setting("old") + "\n");

        assertThat(keyring(null, file).keys())
                .extracting(EncryptionKeys.Key::name)
                .containsExactly("new", "old");
    }

    @ParameterizedTest
    @ValueSource(strings = {"r-----r--", "rw--w----", "rw-----w-"})
    void aFileAccessibleToOtherUsersIsRejected(String rights) throws IOException {
        Path file = file(rights, Keys.setting("k"));
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> keyring(null, file))
                .withMessageStartingWith("parley.encryption.keys-file: ")
                .withMessageContaining("chmod 400");
    }

    @Test
    void aFileWithoutKeysIsRejected() throws IOException {
        assertRefused(null, file("r--------", "# none yet\n"), "parley.encryption.keys-file: ");
        assertRefused(null, folder.resolve("absent"), "parley.encryption.keys-file: ");
    }

    @Test
    void anInvalidKeyIsRejectedWithTheNameOfItsSetting() throws IOException {
        assertRefused(List.of("k=short"), null, "parley.encryption.keys: key 1 ");
        assertRefused(null, file("r--------", "k=short"), "parley.encryption.keys-file: key 1 ");
        assertRefused(
                List.of(Keys.setting("k")), file("r--------", Keys.setting("k")), "parley.encryption.keys-file: ");
    }

    private static void assertRefused(@Nullable List<String> keys, @Nullable Path file, String beginning) {
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> keyring(keys, file))
                .withMessageStartingWith(beginning);
    }

    private static EncryptionKeys keyring(@Nullable List<String> keys, @Nullable Path file) {
        return EncryptionKeys.configured(new Configured(
                Optional.ofNullable(keys), Optional.ofNullable(file).map(Path::toString)));
    }

    private Path file(String rights, String text) throws IOException {
        Path file = Files.createTempFile(folder, "keys", "");
        Files.writeString(file, text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
    }
}
