package dev.parley.access;

import dev.parley.session.TokenHash;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * The secret of a key, as its holder has it: 256 random bits behind a word by which people, and scanners of repositories, know
 * what they have found. It is shown once, when it is made, and only its {@link #hash()} is kept.
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

    /**
     * What is stored of the secret. A plain SHA-256 is enough: nobody can try out 256 random bits, and every request would pay
     * for a slow hash.
     */
    public TokenHash hash() {
        return TokenHash.of(secret);
    }

    @Override
    public String toString() {
        return "BearerKey[masked]";
    }
}
