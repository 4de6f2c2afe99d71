package dev.parley.ice;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret shared with TURN servers. Parley derives credentials from it that a server verifies without a list of users, as coturn
 * does with {@code use-auth-secret}. That mode requires SHA-1; no attack on HMAC with SHA-1 is known.
 */
public final class TurnSecret {
    private static final String HMAC = "HmacSHA1";

    private final SecretKeySpec key;

    public TurnSecret(String text) {
        this.key = new SecretKeySpec(text.getBytes(StandardCharsets.UTF_8), HMAC);
    }

    /** A credential for {@code user} that is valid until {@code expiresAt}, whose fraction of a second is ignored. */
    public TurnCredential credential(Instant expiresAt, String user) {
        String username = expiresAt.getEpochSecond() + ":" + user;
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            byte[] password = mac.doFinal(username.getBytes(StandardCharsets.UTF_8));
            return new TurnCredential(username, Base64.getEncoder().encodeToString(password));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform supports " + HMAC, e);
        }
    }

    @Override
    public String toString() {
        return "TurnSecret[masked]";
    }

    /**
     * Credential for a TURN server, valid until the second with which the user name begins.
     *
     * @param username {@code EXPIRY:USER}, the expiry in seconds of the Unix epoch
     * @param password HMAC of the user name, in base64
     */
    public record TurnCredential(String username, String password) {
        @Override
        public String toString() {
            return "TurnCredential[masked]";
        }
    }
}
