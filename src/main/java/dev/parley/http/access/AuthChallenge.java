package dev.parley.http.access;

import dev.parley.access.Role;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Why a request is turned away (RFC 6750, section 3).
 *
 * @param challenge what to send as {@code WWW-Authenticate}
 * @param detail what the caller can do about it; the same whatever credential was sent
 */
public record AuthChallenge(int status, String challenge, String detail) {
    private static final String BEARER = "Bearer realm=\"parley\"";

    static final AuthChallenge MISSING =
            new AuthChallenge(401, BEARER, "This service asks for a key; send it as \"Authorization: Bearer KEY\".");

    public static final AuthChallenge WRONG = new AuthChallenge(
            401,
            BEARER + ", error=\"invalid_token\"",
            "The credential is none, has expired or was revoked; ask who runs this service for a new one.");

    static final AuthChallenge AMBIGUOUS = new AuthChallenge(
            400, BEARER + ", error=\"invalid_request\"", "Authorization was sent twice; send one credential.");

    /** @param roles any of which would do */
    static AuthChallenge needing(Set<Role> roles) {
        String words = roles.stream().sorted().map(Role::word).collect(Collectors.joining(" "));
        return new AuthChallenge(
                403,
                BEARER + ", error=\"insufficient_scope\", scope=\"" + words + "\"",
                "The credential has no role that may do this; it takes " + words.replace(" ", " or ") + ".");
    }
}
