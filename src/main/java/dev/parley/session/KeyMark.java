package dev.parley.session;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Identifies a session or a topic in notifications between nodes without revealing it: a code is a capability.
 *
 * @param text half of a SHA-256, 128 bits, as 22 characters of base64url
 */
public record KeyMark(String text) {
    private static final int BYTES = 16;

    /** @param key differs for different keys, whether of sessions or of topics */
    static KeyMark of(String key) {
        byte[] digest = Arrays.copyOf(TokenHash.sha256(key.getBytes(StandardCharsets.UTF_8)), BYTES);
        return new KeyMark(Base64.getUrlEncoder().withoutPadding().encodeToString(digest));
    }
}
