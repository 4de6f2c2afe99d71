package dev.parley.http.wait;

import dev.parley.http.access.AuthChallenge;
import jakarta.ws.rs.NotAuthorizedException;

/** Who waits was let in with a credential that has expired or was revoked since. */
public final class CredentialEnded extends NotAuthorizedException {
    CredentialEnded() {
        super(AuthChallenge.WRONG.challenge());
    }
}
