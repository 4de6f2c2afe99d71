package dev.parley.session;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** Identifies a session: its code in its namespace. */
public record SessionKey(Namespace namespace, Code code) {
    private static final int MARK_BYTES = 16;

    /** Identifies the session without revealing the code. */
    public SessionMark mark() {
        byte[] key = (code + " " + namespace).getBytes(StandardCharsets.UTF_8); // a code contains no space
        byte[] digest = Arrays.copyOf(TokenHash.sha256(key), MARK_BYTES);
        return new SessionMark(Base64.getUrlEncoder().withoutPadding().encodeToString(digest));
    }

    /**
     * Stands for a {@code SessionKey} where the code, which is a capability, must not be visible.
     *
     * @param text half of the key's SHA-256, 128 bits, as 22 characters of base64url
     */
    public record SessionMark(String text) {}
}
