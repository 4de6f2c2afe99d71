package dev.parley.store.crypto;

import java.util.Base64;
import java.util.Random;
import java.util.stream.Stream;

/** Keys for tests, as an operator configures them; each is the same in every call. */
public final class Keys {
    private Keys() {}

    /** {@code name=…}, with bytes derived from the name. */
    public static String setting(String name) {
        return name + "=" + Base64.getEncoder().encodeToString(bytes(name.hashCode()));
    }

    /** The keys with these names; the first one encrypts. */
    public static EncryptionKeys ring(String... names) {
        return EncryptionKeys.parse(Stream.of(names).map(Keys::setting).toList());
    }

    /** A key with that name that differs from {@link #setting}. */
    public static String otherSetting(String name) {
        return name + "=" + Base64.getEncoder().encodeToString(bytes(~name.hashCode()));
    }

    private static byte[] bytes(int seed) {
        var bytes = new byte[EncryptionKeys.Key.BYTES];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
