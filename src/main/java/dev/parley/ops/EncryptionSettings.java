package dev.parley.ops;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.crypto.EncryptionKeys;
import dev.parley.store.crypto.PayloadEncryption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/** Reads the keys that seal what peers say; what will not do stops the start, and of no key anything is shown. */
final class EncryptionSettings {
    private static final String KEYS_FILE = PayloadEncryption.KEYS + "-file";

    /** A group may read: so an orchestrator gives a secret to a service that is not root. */
    private static final Set<PosixFilePermission> FORBIDDEN = PosixFilePermissions.fromString("----wxrwx");

    private EncryptionSettings() {}

    static EncryptionKeys keyring(ParleyConfig.Encryption encryption) {
        if (encryption.keys().isPresent() && encryption.keysFile().isPresent()) {
            throw new InvalidConfiguration(
                    KEYS_FILE + ": " + PayloadEncryption.KEYS + " is set, too; keep one of them.");
        }
        return encryption
                .keysFile()
                .map(EncryptionSettings::ofFile)
                .orElseGet(() -> parse(PayloadEncryption.KEYS, encryption.keys().orElse(List.of())));
    }

    private static EncryptionKeys ofFile(String file) {
        Path path = Path.of(file).toAbsolutePath();
        try {
            if (Files.getFileStore(path).supportsFileAttributeView("posix")
                    && Files.getPosixFilePermissions(path).stream().anyMatch(FORBIDDEN::contains)) {
                throw new InvalidConfiguration(KEYS_FILE + ": others may reach " + path + "; chmod 400 it.");
            }
            List<String> lines = Files.readAllLines(path, StandardCharsets.UTF_8).stream()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
            if (lines.isEmpty()) {
                throw new InvalidConfiguration(KEYS_FILE + ": " + path + " holds no key.");
            }
            return parse(KEYS_FILE, lines);
        } catch (IOException e) {
            throw new InvalidConfiguration(
                    KEYS_FILE + ": " + path + " cannot be read (" + e.getClass().getSimpleName() + ").");
        }
    }

    private static EncryptionKeys parse(String setting, List<String> entries) {
        try {
            return EncryptionKeys.parse(entries);
        } catch (IllegalArgumentException e) {
            throw new InvalidConfiguration(setting + ": " + e.getMessage() + ".");
        }
    }
}
