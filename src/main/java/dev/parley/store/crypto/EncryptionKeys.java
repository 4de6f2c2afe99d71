package dev.parley.store.crypto;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The operator's keys: the first one seals, all open. */
public final class EncryptionKeys {
    public static final EncryptionKeys EMPTY = new EncryptionKeys(List.of());

    private static final Pattern ENTRY = Pattern.compile("([A-Za-z0-9._-]{1,64})=(\\S+)");

    private final List<EncryptionKey> keys;

    private EncryptionKeys(List<EncryptionKey> keys) {
        this.keys = List.copyOf(keys);
    }

    /**
     * Reads keys.
     *
     * @param entries each {@code name=key}, the key in base64
     * @throws IllegalArgumentException if one is no key, or there twice; the message says which by its place and shows nothing of it
     */
    public static EncryptionKeys parse(List<String> entries) {
        var keys = new ArrayList<EncryptionKey>();
        for (String entry : entries) {
            String place = "key " + (keys.size() + 1);
            Matcher parts = ENTRY.matcher(entry.strip());
            if (!parts.matches()) {
                throw new IllegalArgumentException(
                        place + " is not name=key, the name of letters, digits, dots, hyphens and underscores");
            }
            EncryptionKey key = new EncryptionKey(parts.group(1), bytes(place, parts.group(2)));
            for (EncryptionKey other : keys) {
                if (other.name().equals(key.name()) || other.id() == key.id()) {
                    throw new IllegalArgumentException(place + " has the name or the bytes of an earlier one");
                }
            }
            keys.add(key);
        }
        return new EncryptionKeys(keys);
    }

    private static byte[] bytes(String place, String base64) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + " is not in base64");
        }
        if (bytes.length != EncryptionKey.BYTES) {
            throw new IllegalArgumentException(place + " has " + bytes.length + " bytes and must have "
                    + EncryptionKey.BYTES + "; \"openssl rand -base64 32\" makes one");
        }
        return bytes;
    }

    public boolean isEmpty() {
        return keys.isEmpty();
    }

    /** All of them, the one that seals first. */
    public List<EncryptionKey> keys() {
        return keys;
    }

    public Optional<EncryptionKey> withId(int id) {
        return keys.stream().filter(key -> key.id() == id).findFirst();
    }

    public Optional<EncryptionKey> named(String name) {
        return keys.stream().filter(key -> key.name().equals(name)).findFirst();
    }

    @Override
    public String toString() {
        return "Keyring" + keys;
    }
}
