package dev.parley.ice;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What Parley and a TURN server both know, and nobody else. With it Parley makes credentials that the server can check without a
 * list of users, as coturn does with {@code use-auth-secret}. SHA-1 is what that takes; nothing is known against HMAC with it.
 */
public final class TurnSecret {
    private static final String HMAC = "HmacSHA1";

    private final SecretKeySpec key;

    public TurnSecret(String text) {
        this.key = new SecretKeySpec(text.getBytes(StandardCharsets.UTF_8), HMAC);
    }

    /** A credential for {@code user} until {@code expiresAt}, whose part of a second does not count. */
    public TurnCredential credential(Instant expiresAt, String user) {
        String username = expiresAt.getEpochSecond() + ":" + user;
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            byte[] password = mac.doFinal(username.getBytes(StandardCharsets.UTF_8));
            return new TurnCredential(username, Base64.getEncoder().encodeToString(password));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has " + HMAC, e);
        }
    }

    @Override
    public String toString() {
        return "TurnSecret[masked]";
    }
}
