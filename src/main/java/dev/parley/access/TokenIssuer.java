package dev.parley.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.parley.config.InvalidConfiguration;
import dev.parley.session.Namespace;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.session.TokenHash;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.auth.principal.DefaultJWTParser;
import io.smallrye.jwt.auth.principal.JWTAuthContextInfo;
import io.smallrye.jwt.auth.principal.JWTParser;
import io.smallrye.jwt.auth.principal.ParseException;
import io.smallrye.jwt.util.KeyUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jspecify.annotations.Nullable;

/**
 * An issuer whose signed tokens (JWT, RFC 7519) are accepted besides API keys until they expire: an identity provider, or the server of
 * an application. The kind of the public key decides the algorithm, never the token (RFC 8725, section 3.1); so unsigned tokens, and
 * tokens "signed" with the public key as a shared secret, are rejected.
 */
// Caffeine finds the classes of a cache by a name made of its options.
@RegisterForReflection(
        classNames = {"com.github.benmanes.caffeine.cache.PSMS", "com.github.benmanes.caffeine.cache.SSMS"})
public final class TokenIssuer {
    /** Tolerated difference between clocks. */
    private static final Duration LEEWAY = Duration.ofSeconds(5);

    private static final String ISSUER = "parley.access.jwt.issuer";
    private static final String PUBLIC_KEY = "parley.access.jwt.public-key";
    private static final int RSA_BITS_MIN = 2048;
    private static final int EC_BITS = 256;
    private static final int SUBJECT_CHARS_MAX = 256;
    private static final long CACHED_MAX = 10_000;

    private final JWTParser parser;
    private final String namespaceClaim;
    private final InstantSource clock;

    /** Checking a signature costs as much as a hundred hashes, and a caller sends the same token many times. */
    private final Cache<TokenHash, Issued> cached =
            Caffeine.newBuilder().maximumSize(CACHED_MAX).build();

    /** The credential of a token, and its end. */
    private record Issued(Credential credential, Instant until) {}

    private TokenIssuer(AccessConfig config, String issuer, PublicKey key, InstantSource clock) {
        var rules = new JWTAuthContextInfo(key, issuer);
        rules.setSignatureAlgorithm(
                Set.of(key instanceof RSAPublicKey ? SignatureAlgorithm.RS256 : SignatureAlgorithm.ES256));
        rules.setExpectedAudience(Set.of(config.jwtAudience()));
        rules.setClockSkew((int) LEEWAY.toSeconds());
        rules.setRequiredClaims(new HashSet<>(List.of("sub", "exp", config.jwtNamespaceClaim())));
        rules.setGroupsPath(config.jwtRolesClaim());
        rules.setGroupsSeparator(" ");
        this.parser = new DefaultJWTParser(rules);
        this.namespaceClaim = config.jwtNamespaceClaim();
        this.clock = clock;
    }

    /**
     * The configured issuer, if there is one.
     *
     * @throws InvalidConfiguration if only one of issuer and public key is set, or the key is unusable
     */
    public static Optional<TokenIssuer> configured(AccessConfig config, InstantSource clock) {
        if (config.jwtIssuer().isPresent() != config.jwtPublicKey().isPresent()) {
            throw new InvalidConfiguration(ISSUER + " and " + PUBLIC_KEY + " require each other; set both or none.");
        }
        return config.jwtIssuer()
                .map(issuer -> new TokenIssuer(
                        config, issuer, publicKey(config.jwtPublicKey().orElseThrow()), clock));
    }

    /** @param setting the key in PEM, or the path of a file that contains it */
    private static PublicKey publicKey(String setting) {
        String pem = setting.startsWith("-----BEGIN ") ? setting : content(setting);
        for (SignatureAlgorithm algorithm : List.of(SignatureAlgorithm.RS256, SignatureAlgorithm.ES256)) {
            try {
                PublicKey key = KeyUtils.decodePublicKey(pem, algorithm);
                if (isStrong(key)) {
                    return key;
                }
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                // it may be a key of the other algorithm
            }
        }
        throw new InvalidConfiguration(
                PUBLIC_KEY + ": must be a public key in PEM (\"-----BEGIN PUBLIC KEY-----\"), RSA of at least "
                        + RSA_BITS_MIN + " bits or EC on the curve P-256.");
    }

    private static String content(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidConfiguration(PUBLIC_KEY + ": is neither PEM nor the path of a readable file.");
        }
    }

    private static boolean isStrong(PublicKey key) {
        return key instanceof RSAPublicKey rsa
                ? rsa.getModulus().bitLength() >= RSA_BITS_MIN
                : key instanceof ECPublicKey ec && ec.getParams().getOrder().bitLength() == EC_BITS;
    }

    /** The credential of a token; null if the token is invalid or expired. */
    @Nullable
    public Credential credential(String token, TokenHash hash) {
        Issued issued = cached.getIfPresent(hash);
        if (issued == null) {
            issued = issued(token);
            if (issued == null) {
                return null; // not cached, because invalid tokens can be made up without limit
            }
            cached.put(hash, issued);
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
            // The name of a key has no colon, so the two cannot be equal.
            var credential = new Credential(
                    "jwt:" + subject,
                    new Namespace(namespace),
                    Role.known(roles == null ? List.of() : List.copyOf(roles)));
            return new Issued(
                    credential,
                    Instant.ofEpochSecond(claims.getExpirationTime()).plus(LEEWAY));
        } catch (ParseException | Malformed e) {
            return null;
        }
    }
}
