package dev.parley.http.access;

import jakarta.ws.rs.NotAuthorizedException;

/** The credential of a waiting request has expired or was revoked while the request waited. */
public final class CredentialEnded extends NotAuthorizedException {
    public CredentialEnded() {
        super(AuthChallenge.WRONG.challenge());
    }
}
