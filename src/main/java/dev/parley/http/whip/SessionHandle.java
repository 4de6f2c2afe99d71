package dev.parley.http.whip;

import dev.parley.session.Code;
import dev.parley.session.SessionToken;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.session.TokenHash;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * The last segment of the URL of a WHIP session, which only its client knows (RFC 9725, section 5). The session's code and the
 * offerer's token are derived from it one way: peers that find the code in a list can neither change nor close the session, and the
 * URL contains no token.
 *
 * @param text 192 random bits in base64url
 */
record SessionHandle(Protocol protocol, String text) {
    private static final int RANDOM_BYTES = 24;
    private static final int CODE_BYTES = 16;
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{32}");

    static SessionHandle random(Protocol protocol, SecureRandom random) {
        var bits = new byte[RANDOM_BYTES];
        random.nextBytes(bits);
        return new SessionHandle(protocol, base64(bits));
    }

    /** @throws SessionNotFound if {@code text} does not have the form of a handle */
    static SessionHandle of(Protocol protocol, String text) {
        if (!FORM.matcher(text).matches()) {
            throw new SessionNotFound();
        }
        return new SessionHandle(protocol, text);
    }

    Code code() {
        return new Code(base64(Arrays.copyOf(derived("code"), CODE_BYTES)));
    }

    SessionToken token() {
        return new SessionToken(base64(derived("token")));
    }

    private byte[] derived(String purpose) {
        return TokenHash.sha256((protocol.word() + ' ' + purpose + ' ' + text).getBytes(StandardCharsets.US_ASCII));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public String toString() {
        return "SessionHandle[masked]";
    }
}
