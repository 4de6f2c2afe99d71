package dev.parley.session;

import dev.parley.session.SignalingException.Malformed;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * The secret of one side of one session. Only its {@link #hash()} is stored, and neither is ever logged.
 *
 * @param secret 22 to 256 visible ASCII characters: 22 of base64url carry 128 bits
 */
public record SessionToken(String secret) {
    private static final int LENGTH_MIN = 22;
    private static final int LENGTH_MAX = 256;
    private static final int RANDOM_BYTES = 24;

    /** @throws Malformed if the secret is too short for 128 bits, too long, or not visible ASCII */
    public SessionToken {
        boolean visible = true;
        for (int i = 0; i < secret.length(); i++) {
            visible &= secret.charAt(i) > ' ' && secret.charAt(i) < 0x7f;
        }
        if (secret.length() < LENGTH_MIN || secret.length() > LENGTH_MAX || !visible) {
            throw new Malformed("Session-Token must be " + LENGTH_MIN + " to " + LENGTH_MAX
                    + " visible ASCII characters with at least 128 random bits.");
        }
    }

    /** A new token of 192 random bits. */
    public static SessionToken random(SecureRandom random) {
        var bits = new byte[RANDOM_BYTES];
        random.nextBytes(bits);
        return new SessionToken(Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
    }

    /**
     * The stored form of the secret. SHA-256 suffices, because the secret has 128 random bits and cannot be guessed from a dictionary.
     */
    public TokenHash hash() {
        return TokenHash.of(secret);
    }

    @Override
    public String toString() {
        return "SessionToken[masked]";
    }
}
