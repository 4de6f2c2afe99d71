package dev.parley.store.crypto;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.crypto.AesGcm.DecryptionFailed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The operator's keys: the first one encrypts, all decrypt. */
public final class EncryptionKeys {
    /** The setting that holds the keys. */
    public static final String SETTING = "parley.encryption.keys";

    /** Length of the header of an encrypted payload: a mark, and the key's id. */
    public static final int HEADER_BYTES = 1 + Integer.BYTES;

    /** The version of the format, and a byte that UTF-8 text never contains. */
    private static final byte MARK = (byte) 0xF9;

    public static final EncryptionKeys EMPTY = new EncryptionKeys(List.of());

    private static final String KEYS_FILE = SETTING + "-file";

    /** The group may read the file: so an orchestrator passes a secret to a service that does not run as root. */
    private static final Set<PosixFilePermission> FORBIDDEN = PosixFilePermissions.fromString("----wxrwx");

    private static final Pattern ENTRY = Pattern.compile("([A-Za-z0-9._-]{1,64})=(\\S+)");

    private final List<Key> keys;

    private EncryptionKeys(List<Key> keys) {
        this.keys = List.copyOf(keys);
    }

    /** @throws InvalidConfiguration naming the setting that is wrong; the message contains no part of a key */
    public static EncryptionKeys configured(EncryptionConfig config) {
        if (config.keys().isPresent() && config.keysFile().isPresent()) {
            throw new InvalidConfiguration(KEYS_FILE + ": " + SETTING + " is set too; remove one of them.");
        }
        return config.keysFile()
                .map(EncryptionKeys::ofFile)
                .orElseGet(() -> parse(config.keys().orElse(List.of())));
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

    /**
     * Parses keys, each {@code name=key}, the key in base64.
     *
     * @throws InvalidConfiguration if an entry is invalid or repeated; the message gives its number and no part of it
     */
    public static EncryptionKeys parse(List<String> entries) {
        return parse(SETTING, entries);
    }

    private static EncryptionKeys parse(String setting, List<String> entries) {
        var keys = new ArrayList<Key>();
        for (String entry : entries) {
            String number = setting + ": key " + (keys.size() + 1);
            Matcher parts = ENTRY.matcher(entry.strip());
            if (!parts.matches()) {
                throw new InvalidConfiguration(
                        number + " is not name=key, the name of letters, digits, dots, hyphens and underscores.");
            }
            Key key = new Key(parts.group(1), bytes(number, parts.group(2)));
            if (keys.stream().anyMatch(other -> other.name.equals(key.name) || other.id == key.id)) {
                throw new InvalidConfiguration(number + " has the name or the bytes of an earlier key.");
            }
            keys.add(key);
        }
        return new EncryptionKeys(keys);
    }

    private static byte[] bytes(String number, String base64) {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64);
            if (bytes.length == Key.BYTES) {
                return bytes;
            }
            throw new InvalidConfiguration(number + " has " + bytes.length + " bytes and must have " + Key.BYTES
                    + "; \"openssl rand -base64 32\" makes one.");
        } catch (IllegalArgumentException e) {
            throw new InvalidConfiguration(number + " is not in base64.");
        }
    }

    public boolean isEmpty() {
        return keys.isEmpty();
    }

    /** All keys, the one that encrypts first. */
    public List<Key> keys() {
        return keys;
    }

    public Optional<Key> withId(int id) {
        return keys.stream().filter(key -> key.id() == id).findFirst();
    }

    /** Whether {@code stored}, or its header, is encrypted rather than plaintext. */
    public static boolean isEncrypted(byte[] stored) {
        return stored.length > 0 && stored[0] == MARK;
    }

    /** The id of the key in the header of an encrypted payload. */
    public static int keyId(byte[] stored) {
        return ByteBuffer.wrap(stored).getInt(1);
    }

    /** The key with which {@code stored} was encrypted. */
    Key of(byte[] stored) throws DecryptionFailed {
        if (!isEncrypted(stored)) {
            throw new DecryptionFailed("it is plaintext in an encrypted store");
        }
        if (stored.length < HEADER_BYTES) {
            throw new DecryptionFailed("it is too short");
        }
        return withId(keyId(stored))
                .orElseThrow(() ->
                        new DecryptionFailed("it was encrypted with a key that is not configured, or was changed"));
    }

    @Override
    public String toString() {
        return "EncryptionKeys" + keys;
    }

    /**
     * One key of the operator. It encrypts no payload itself: a separate key is derived from it for each purpose, by HMAC-SHA-256 over a
     * byte that names the purpose and the subject of the key.
     */
    public static final class Key {
        static final int BYTES = 32;

        private static final byte[] NOTHING = new byte[0];
        private static final byte PURPOSE_ID = 1;
        private static final byte PURPOSE_WRAPPING = 2;
        private static final byte PURPOSE_SESSION = 3;

        private final String name;
        private final byte[] bytes;
        private final int id;
        private final byte[] header;

        private Key(String name, byte[] bytes) {
            this.name = name;
            this.bytes = bytes;
            this.id = ByteBuffer.wrap(derived(mac(), PURPOSE_ID, NOTHING)).getInt();
            this.header = ByteBuffer.allocate(HEADER_BYTES).put(MARK).putInt(id).array();
        }

        public String name() {
            return name;
        }

        /** Identifies the key in each payload; derived from the key, and reveals nothing of it. */
        public int id() {
            return id;
        }

        byte[] header() {
            return header;
        }

        /** Encrypts a secret of the store, so that only this key decrypts it. */
        public byte[] wrap(byte[] secret, SecureRandom random) {
            return new AesGcm().encrypt(wrapping(), NOTHING, NOTHING, secret, random);
        }

        /** @throws DecryptionFailed if another key wrapped it, or it was changed */
        public byte[] unwrap(byte[] wrapped) throws DecryptionFailed {
            return new AesGcm().decrypt(wrapping(), 0, NOTHING, wrapped);
        }

        private SecretKeySpec wrapping() {
            return new SecretKeySpec(derived(mac(), PURPOSE_WRAPPING, NOTHING), "AES");
        }

        /** The AES key for the payloads of a session, by the {@link #mac} of the operator's key. */
        static SecretKeySpec ofSession(Mac mac, byte[] session) {
            return new SecretKeySpec(derived(mac, PURPOSE_SESSION, session), "AES");
        }

        Mac mac() {
            return AesGcm.hmac(bytes);
        }

        private static byte[] derived(Mac mac, byte purpose, byte[] subject) {
            mac.update(purpose);
            return mac.doFinal(subject);
        }

        @Override
        public String toString() {
            return "EncryptionKey[" + name + "]";
        }
    }
}
