package dev.parley.session;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * What stands for a {@link SessionKey} where the code, which is a capability, is not to be seen.
 *
 * @param text half the key's SHA-256, 128 bits, as 22 characters of base64url
 */
public record SessionMark(String text) {
    private static final int BYTES = 16;

    static SessionMark of(SessionKey key) {
        String unambiguous = key.code() + " " + key.namespace(); // there is no space in a code
        byte[] digest = Digests.sha256(unambiguous.getBytes(StandardCharsets.UTF_8));
        return new SessionMark(Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, BYTES)));
    }
}
