package dev.parley.session;

import dev.parley.session.SignalingException.OutOfBounds;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * The name of a session, unique in its namespace while the session lives; everybody who knows it may read the session.
 *
 * @param text one or more unreserved characters of RFC 3986, section 2.3 ({@code A-Z a-z 0-9 . _ ~ -}), so that a code needs no escape in
 *     a URL
 */
public record Code(String text) {
    private static final int RANDOM_BYTES = 16;

    /** @throws OutOfBounds if {@code text} is empty or has another character */
    public Code {
        if (!isUnreserved(text)) {
            throw new OutOfBounds("code", "A code consists of A-Z a-z 0-9 . _ ~ - and is not empty.");
        }
    }

    /**
     * A code that a client chose for a new session.
     *
     * @throws OutOfBounds also if {@code text} is a dot segment, which is removed from the path of a URL (RFC 3986, section 5.2.4)
     */
    public static Code chosen(String text) {
        if (text.equals(".") || text.equals("..")) {
            throw new OutOfBounds(
                    "code", "A code must not be \".\" or \"..\", because URLs lose such a segment; choose another.");
        }
        return new Code(text);
    }

    /** A new code of 128 random bits, which cannot be guessed. */
    public static Code random(SecureRandom random) {
        var bits = new byte[RANDOM_BYTES];
        random.nextBytes(bits);
        return new Code(Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
    }

    /** Whether {@code text} has the form of a code. */
    public static boolean isUnreserved(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean unreserved = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '-'
                    || c == '.'
                    || c == '_'
                    || c == '~';
            if (!unreserved) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    @Override
    public String toString() {
        return text;
    }
}
