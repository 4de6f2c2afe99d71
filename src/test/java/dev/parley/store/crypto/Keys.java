package dev.parley.store.crypto;

import java.util.Base64;
import java.util.Random;
import java.util.stream.Stream;

/** Keys for tests: as an operator sets them, and each the same whenever it is asked for. */
public final class Keys {
    private Keys() {}

    /** {@code name=…}, the bytes of the key being made of the name. */
    public static String setting(String name) {
        return name + "=" + Base64.getEncoder().encodeToString(bytes(name.hashCode()));
    }

    /** The keys of these names, the first of which seals. */
    public static EncryptionKeys ring(String... names) {
        return EncryptionKeys.parse(Stream.of(names).map(Keys::setting).toList());
    }

    /** A key of that name which is another than {@link #setting} has. */
    public static String otherSetting(String name) {
        return name + "=" + Base64.getEncoder().encodeToString(bytes(~name.hashCode()));
    }

    private static byte[] bytes(int seed) {
        var bytes = new byte[EncryptionKey.BYTES];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
