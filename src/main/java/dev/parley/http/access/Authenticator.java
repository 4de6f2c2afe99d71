package dev.parley.http.access;

import dev.parley.access.AccessConfig;
import dev.parley.access.AccessConfig.AccessMode;
import dev.parley.access.ApiKeys;
import dev.parley.access.Credential;
import dev.parley.access.Role;
import dev.parley.access.TokenIssuer;
import dev.parley.session.TokenHash;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.NotAuthorizedException;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates requests by API key or token: one hash and one map lookup, without the store. Only the {@code Authorization} header is
 * read, because URLs end up in logs and histories (RFC 6750, section 5.3).
 */
@Singleton
public final class Authenticator {
    private static final String CREDENTIAL = Credential.class.getName();

    /** RFC 6750, section 2.1; the name of a scheme is case-insensitive (RFC 9110, section 11.1). */
    private static final Pattern BEARER = Pattern.compile("(?i:Bearer) +([A-Za-z0-9._~+/-]+=*)");

    private final @Nullable ApiKeys keys;
    private final @Nullable TokenIssuer issuer;

    public Authenticator(AccessConfig config, ApiKeys keys, InstantSource clock) {
        this.issuer = TokenIssuer.configured(config, clock).orElse(null);
        this.keys = config.mode().filter(AccessMode.KEY::equals).isPresent() ? keys : null;
    }

    /** Whether credentials are required at all. */
    public boolean isRequired() {
        return keys != null;
    }

    /**
     * Checks the credential of a request and attaches it, for {@link #credential(RoutingContext)}; returns why the request is rejected,
     * or null if it is accepted.
     *
     * @param roles the roles of which any is sufficient
     */
    public @Nullable AuthChallenge admit(RoutingContext request, Set<Role> roles) {
        List<String> sent = request.request().headers().getAll(HttpHeaders.AUTHORIZATION);
        if (sent.size() > 1) {
            return AuthChallenge.AMBIGUOUS;
        }
        if (sent.isEmpty() || !isBearer(sent.get(0))) {
            return AuthChallenge.MISSING;
        }
        Credential credential = credential(sent.get(0));
        if (credential == null) {
            return AuthChallenge.WRONG;
        }
        if (Collections.disjoint(credential.roles(), roles)) {
            return AuthChallenge.needing(roles);
        }
        request.put(CREDENTIAL, credential);
        return null;
    }

    /** The credential with which a request was accepted; null if none is required. */
    public static @Nullable Credential credential(RoutingContext request) {
        return request.get(CREDENTIAL);
    }

    /** Whether the credential of {@code request} is still valid; for replies that take long. */
    public boolean wouldStillAdmit(HttpServerRequest request) {
        return wouldStillAdmit(request.getHeader(HttpHeaders.AUTHORIZATION));
    }

    /** As {@link #wouldStillAdmit(HttpServerRequest)} for the value of the header {@code Authorization}. */
    public boolean wouldStillAdmit(@Nullable String authorization) {
        return !isRequired() || credential(String.valueOf(authorization)) != null;
    }

    /** The result of {@code read}; fails with {@link CredentialEnded} if the credential of {@code request} is no longer valid. */
    public <T> CompletionStage<T> ifStillAdmitted(HttpServerRequest request, Supplier<CompletionStage<T>> read) {
        return wouldStillAdmit(request) ? read.get() : CompletableFuture.failedStage(new CredentialEnded());
    }

    /** The credential of a waiting request has expired or was revoked while the request waited. */
    public static final class CredentialEnded extends NotAuthorizedException {
        public CredentialEnded() {
            super(AuthChallenge.WRONG.challenge());
        }
    }

    private static boolean isBearer(String authorization) {
        return authorization.regionMatches(true, 0, "Bearer", 0, 6)
                && (authorization.length() == 6 || authorization.charAt(6) == ' ');
    }

    private @Nullable Credential credential(String authorization) {
        Matcher bearer = BEARER.matcher(authorization);
        if (keys == null || !bearer.matches()) {
            return null;
        }
        String token = bearer.group(1);
        TokenHash hash = TokenHash.of(token);
        Credential key = keys.find(hash);
        return key != null || issuer == null ? key : issuer.credential(token, hash);
    }

    /**
     * Why a request is rejected for its credential (RFC 6750, section 3).
     *
     * @param challenge the value of {@code WWW-Authenticate}
     * @param detail what the caller can do; it does not depend on the credential that was sent
     */
    public record AuthChallenge(int status, String challenge, String detail) {
        private static final String REALM = "Bearer realm=\"parley\"";

        private static final AuthChallenge MISSING =
                new AuthChallenge(401, REALM, "An API key is required; send it as \"Authorization: Bearer KEY\".");

        public static final AuthChallenge WRONG = new AuthChallenge(
                401,
                REALM + ", error=\"invalid_token\"",
                "The credential is invalid, expired or revoked; ask the operator of this service for a new one.");

        private static final AuthChallenge AMBIGUOUS = new AuthChallenge(
                400, REALM + ", error=\"invalid_request\"", "Authorization was sent twice; send one credential.");

        /** @param roles the roles of which any would be sufficient */
        public static AuthChallenge needing(Set<Role> roles) {
            String words = roles.stream().sorted().map(Role::word).collect(Collectors.joining(" "));
            return new AuthChallenge(
                    403,
                    REALM + ", error=\"insufficient_scope\", scope=\"" + words + "\"",
                    "The credential lacks the required role: " + words.replace(" ", " or ") + ".");
        }
    }
}
