package dev.parley.store.crypto;

import io.smallrye.config.ConfigMapping;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Optional;

/** Encryption of offers, answers and candidates on disk. */
@ConfigMapping(prefix = "parley.encryption")
public interface EncryptionConfig {
    /**
     * Encryption keys, {@code name=key}, comma-separated, each key 32 bytes in base64. The first one encrypts, all decrypt. They are
     * never logged. Unset: payloads are stored in clear unless {@code parley.encryption.keys-file} is set.
     */
    Optional<@Size(min = 1, max = 16) List<String>> keys();

    /**
     * A file with the encryption keys instead, one per line. Only its owner and its group may have access. Unset: none.
     */
    Optional<String> keysFile();
}
