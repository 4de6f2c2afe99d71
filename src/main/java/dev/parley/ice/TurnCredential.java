package dev.parley.ice;

/**
 * What a peer shows to a TURN server; good until the second that the user name begins with.
 *
 * @param username {@code EXPIRY:USER}, the expiry in seconds of the Unix epoch
 * @param password its HMAC, in base64
 */
public record TurnCredential(String username, String password) {
    @Override
    public String toString() {
        return "TurnCredential[masked]";
    }
}
