package dev.parley.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.parley.session.Namespace;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.TokenHash;
import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.auth.principal.DefaultJWTParser;
import io.smallrye.jwt.auth.principal.JWTAuthContextInfo;
import io.smallrye.jwt.auth.principal.JWTParser;
import io.smallrye.jwt.auth.principal.ParseException;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jspecify.annotations.Nullable;

/**
 * Somebody whose signed tokens (JWT, RFC 7519) are as good as keys, until they expire: an identity provider, an application's own
 * server. Which algorithm signs is decided here, by the kind of the public key, and never by the token (RFC 8725, section 3.1); so
 * a token without a signature, or one "signed" with the public key as if it were a shared secret, is no token.
 */
public final class TokenIssuer {
    /** Clocks differ; one that is off by more than this is to be mended. */
    private static final Duration LEEWAY = Duration.ofSeconds(5);

    private static final int SUBJECT_CHARS_MAX = 256;
    private static final long REMEMBERED_MAX = 10_000;

    private final JWTParser parser;
    private final String namespaceClaim;
    private final InstantSource clock;

    /** Checking a signature costs a hundred times a hash, and a caller sends the same token many times. */
    private final Cache<TokenHash, Issued> remembered =
            Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).build();

    /**
     * What a token must say.
     *
     * @param issuer its {@code iss}
     * @param audience one of its {@code aud}
     * @param key RSA, then it is signed with RS256; or on the curve P-256, then with ES256
     * @param namespaceClaim the name of the claim that holds the namespace, a text
     * @param rolesClaim the name of the claim that holds the roles, an array or a text with spaces between them; with slashes where
     *     it lies within others
     */
    public record Terms(String issuer, String audience, PublicKey key, String namespaceClaim, String rolesClaim) {}

    /** A token's credential, and when it ends. */
    private record Issued(Credential credential, Instant until) {}

    public TokenIssuer(Terms terms, InstantSource clock) {
        var rules = new JWTAuthContextInfo(terms.key(), terms.issuer());
        rules.setSignatureAlgorithm(
                Set.of(terms.key() instanceof RSAPublicKey ? SignatureAlgorithm.RS256 : SignatureAlgorithm.ES256));
        rules.setExpectedAudience(Set.of(terms.audience()));
        rules.setClockSkew((int) LEEWAY.toSeconds());
        rules.setRequiredClaims(new HashSet<>(List.of("sub", "exp", terms.namespaceClaim())));
        rules.setGroupsPath(terms.rolesClaim());
        rules.setGroupsSeparator(" ");
        this.parser = new DefaultJWTParser(rules);
        this.namespaceClaim = terms.namespaceClaim();
        this.clock = clock;
    }

    /** The credential that {@code token} is, or null where it is none or is no more. */
    @Nullable
    public Credential credential(String token, TokenHash hash) {
        Issued issued = remembered.getIfPresent(hash);
        if (issued == null) {
            issued = issued(token);
            if (issued == null) {
                return null; // not remembered: whoever likes can make up many
            }
            remembered.put(hash, issued);
        }
        return clock.instant().isBefore(issued.until) ? issued.credential : null;
    }

    private @Nullable Issued issued(String token) {
        try {
            JsonWebToken claims = parser.parse(token);
            String subject = claims.getSubject();
            if (!(claims.getClaim(namespaceClaim) instanceof String namespace)
                    || namespace.isEmpty()
                    || subject.isEmpty()
                    || subject.length() > SUBJECT_CHARS_MAX) {
                return null;
            }
            Set<String> roles = claims.getGroups();
            // No key's name has a colon.
            var credential = new Credential(
                    "jwt:" + subject,
                    new Namespace(namespace),
                    ApiKeys.roles(roles == null ? List.of() : List.copyOf(roles)));
            return new Issued(
                    credential,
                    Instant.ofEpochSecond(claims.getExpirationTime()).plus(LEEWAY));
        } catch (ParseException | Malformed e) {
            return null;
        }
    }
}
