package dev.parley.http.access;

import dev.parley.access.Role;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Why a request is rejected for its credential (RFC 6750, section 3).
 *
 * @param challenge the value of {@code WWW-Authenticate}
 * @param detail what the caller can do; it does not depend on the credential that was sent
 */
public record AuthChallenge(int status, String challenge, String detail) {
    private static final String BEARER = "Bearer realm=\"parley\"";

    static final AuthChallenge MISSING =
            new AuthChallenge(401, BEARER, "An API key is required; send it as \"Authorization: Bearer KEY\".");

    public static final AuthChallenge WRONG = new AuthChallenge(
            401,
            BEARER + ", error=\"invalid_token\"",
            "The credential is invalid, expired or revoked; ask the operator of this service for a new one.");

    static final AuthChallenge AMBIGUOUS = new AuthChallenge(
            400, BEARER + ", error=\"invalid_request\"", "Authorization was sent twice; send one credential.");

    /** @param roles the roles of which any would be sufficient */
    static AuthChallenge needing(Set<Role> roles) {
        String words = roles.stream().sorted().map(Role::word).collect(Collectors.joining(" "));
        return new AuthChallenge(
                403,
                BEARER + ", error=\"insufficient_scope\", scope=\"" + words + "\"",
                "The credential lacks the required role: " + words.replace(" ", " or ") + ".");
    }
}
