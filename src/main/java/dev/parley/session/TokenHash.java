package dev.parley.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The stored form of a secret that callers send: its SHA-256, 32 bytes. Equality is compared in constant time. */
public final class TokenHash {
    // One per thread, because a provider lookup costs more than a short digest.
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(() -> {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    });

    private final byte[] bytes;

    public TokenHash(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The hash of {@code secret}, which has enough random bits for a fast hash. */
    public static TokenHash of(String secret) {
        return new TokenHash(sha256(secret.getBytes(StandardCharsets.UTF_8)));
    }

    /** SHA-256. */
    public static byte[] sha256(byte[] bytes) {
        return SHA_256.get().digest(bytes);
    }

    /** The bytes of the hash; must not be modified. */
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TokenHash that && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "TokenHash[masked]";
    }
}
