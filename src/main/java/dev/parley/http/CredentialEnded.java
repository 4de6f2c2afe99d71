package dev.parley.http;

import dev.parley.access.Denial;
import jakarta.ws.rs.NotAuthorizedException;

/** Who waits was let in with a credential that has expired or was revoked since. */
final class CredentialEnded extends NotAuthorizedException {
    CredentialEnded() {
        super(Denial.WRONG.challenge());
    }
}
