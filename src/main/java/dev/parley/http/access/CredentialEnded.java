package dev.parley.http.access;

import jakarta.ws.rs.NotAuthorizedException;

/** Who waits was let in with a credential that has expired or was revoked since. */
public final class CredentialEnded extends NotAuthorizedException {
    public CredentialEnded() {
        super(AuthChallenge.WRONG.challenge());
    }
}
