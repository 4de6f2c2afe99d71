package dev.parley.session;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Stands for a {@code SessionKey} where the code, which is a capability, must not be visible.
 *
 * @param text half of the key's SHA-256, 128 bits, as 22 characters of base64url
 */
public record SessionMark(String text) {
    private static final int BYTES = 16;

    static SessionMark of(String key) {
        byte[] digest = Digests.sha256(key.getBytes(StandardCharsets.UTF_8));
        return new SessionMark(Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, BYTES)));
    }
}
