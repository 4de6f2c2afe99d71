package dev.parley.ice;

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
