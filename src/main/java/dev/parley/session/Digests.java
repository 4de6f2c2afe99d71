package dev.parley.session;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 with one instance per thread, because a provider lookup costs more than a short digest. */
final class Digests {
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(() -> {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    });

    private Digests() {}

    static byte[] sha256(byte[] bytes) {
        return SHA_256.get().digest(bytes);
    }
}
