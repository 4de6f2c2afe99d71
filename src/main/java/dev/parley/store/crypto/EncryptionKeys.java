package dev.parley.store.crypto;

import dev.parley.config.InvalidConfiguration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The operator's keys: the first one encrypts, all decrypt. */
public final class EncryptionKeys {
    /** The setting that holds the keys. */
    public static final String SETTING = "parley.encryption.keys";

    public static final EncryptionKeys EMPTY = new EncryptionKeys(List.of());

    private static final String KEYS_FILE = SETTING + "-file";

    /** The group may read the file: so an orchestrator passes a secret to a service that does not run as root. */
    private static final Set<PosixFilePermission> FORBIDDEN = PosixFilePermissions.fromString("----wxrwx");

    private static final Pattern ENTRY = Pattern.compile("([A-Za-z0-9._-]{1,64})=(\\S+)");

    private final List<EncryptionKey> keys;

    private EncryptionKeys(List<EncryptionKey> keys) {
        this.keys = List.copyOf(keys);
    }

    /** @throws InvalidConfiguration naming the setting that is wrong; the message contains no part of a key */
    public static EncryptionKeys configured(EncryptionConfig config) {
        if (config.keys().isPresent() && config.keysFile().isPresent()) {
            throw new InvalidConfiguration(KEYS_FILE + ": " + SETTING + " is set too; remove one of them.");
        }
        return config.keysFile()
                .map(EncryptionKeys::ofFile)
                .orElseGet(() -> parse(SETTING, config.keys().orElse(List.of())));
    }

    private static EncryptionKeys ofFile(String file) {
        Path path = Path.of(file).toAbsolutePath();
        try {
            if (Files.getFileStore(path).supportsFileAttributeView("posix")
                    && Files.getPosixFilePermissions(path).stream().anyMatch(FORBIDDEN::contains)) {
                throw new InvalidConfiguration(
                        KEYS_FILE + ": " + path + " is accessible to other users; run chmod 400 on it.");
            }
            List<String> lines = Files.readAllLines(path, StandardCharsets.UTF_8).stream()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
            if (lines.isEmpty()) {
                throw new InvalidConfiguration(KEYS_FILE + ": " + path + " contains no key.");
            }
            return parse(KEYS_FILE, lines);
        } catch (IOException e) {
            throw new InvalidConfiguration(
                    KEYS_FILE + ": " + path + " cannot be read (" + e.getClass().getSimpleName() + ").");
        }
    }

    private static EncryptionKeys parse(String setting, List<String> entries) {
        try {
            return parse(entries);
        } catch (IllegalArgumentException e) {
            throw new InvalidConfiguration(setting + ": " + e.getMessage() + ".");
        }
    }

    /**
     * Parses keys.
     *
     * @param entries each {@code name=key}, the key in base64
     * @throws IllegalArgumentException if an entry is invalid or repeated; the message gives its number and no part of it
     */
    public static EncryptionKeys parse(List<String> entries) {
        var keys = new ArrayList<EncryptionKey>();
        for (String entry : entries) {
            String number = "key " + (keys.size() + 1);
            Matcher parts = ENTRY.matcher(entry.strip());
            if (!parts.matches()) {
                throw new IllegalArgumentException(
                        number + " is not name=key, the name of letters, digits, dots, hyphens and underscores");
            }
            EncryptionKey key = new EncryptionKey(parts.group(1), bytes(number, parts.group(2)));
            for (EncryptionKey other : keys) {
                if (other.name().equals(key.name()) || other.id() == key.id()) {
                    throw new IllegalArgumentException(number + " has the name or the bytes of an earlier key");
                }
            }
            keys.add(key);
        }
        return new EncryptionKeys(keys);
    }

    private static byte[] bytes(String number, String base64) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(number + " is not in base64");
        }
        if (bytes.length != EncryptionKey.BYTES) {
            throw new IllegalArgumentException(number + " has " + bytes.length + " bytes and must have "
                    + EncryptionKey.BYTES + "; \"openssl rand -base64 32\" makes one");
        }
        return bytes;
    }

    public boolean isEmpty() {
        return keys.isEmpty();
    }

    /** All keys, the one that encrypts first. */
    public List<EncryptionKey> keys() {
        return keys;
    }

    public Optional<EncryptionKey> withId(int id) {
        return keys.stream().filter(key -> key.id() == id).findFirst();
    }

    @Override
    public String toString() {
        return "EncryptionKeys" + keys;
    }
}
