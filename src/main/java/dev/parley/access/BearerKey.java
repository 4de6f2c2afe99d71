package dev.parley.access;

import dev.parley.session.TokenHash;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * The secret of an API key: 256 random bits behind a prefix that people and secret scanners recognize. It is shown once, when the key is
 * created; only its {@link #hash()} is stored.
 */
public record BearerKey(String secret) {
    private static final String PREFIX = "parley_";
    private static final int RANDOM_BYTES = 32;

    /** A new key. */
    public static BearerKey random(SecureRandom random) {
        var bits = new byte[RANDOM_BYTES];
        random.nextBytes(bits);
        return new BearerKey(PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
    }

    /** SHA-256 suffices: 256 random bits cannot be guessed, and each request would pay for a slow hash. */
    public TokenHash hash() {
        return TokenHash.of(secret);
    }

    @Override
    public String toString() {
        return "BearerKey[masked]";
    }
}
