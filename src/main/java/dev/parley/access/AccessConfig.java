package dev.parley.access;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** Which credentials are accepted, and how often a client may call. */
@ConfigMapping(prefix = "parley")
public interface AccessConfig {
    /**
     * Whether callers need a credential: {@code key} requires an API key or a JWT, {@code open} admits everyone who reaches the
     * service. Unset: no credential is needed, and only loopback addresses are served.
     */
    @WithName("access")
    Optional<AccessMode> mode();

    /** How often API keys are reloaded, and so how long a new or revoked key takes to apply. */
    @WithName("access.refresh")
    @WithDefault("2s")
    @DurationMin(millis = 100)
    @DurationMax(seconds = 60)
    Duration refresh();

    /**
     * The {@code iss} of accepted tokens. Requires {@code parley.access.jwt.public-key}. Unset: only API keys are accepted.
     */
    @WithName("access.jwt.issuer")
    Optional<String> jwtIssuer();

    /**
     * The key that verifies tokens, in PEM or as the path of a file: RSA from 2048 bits (RS256), or EC on P-256 (ES256). Requires
     * {@code parley.access.jwt.issuer}.
     */
    @WithName("access.jwt.public-key")
    Optional<String> jwtPublicKey();

    /** The value that {@code aud} must contain. */
    @WithName("access.jwt.audience")
    @WithDefault("parley")
    String jwtAudience();

    /** The claim with the namespace, a string. */
    @WithName("access.jwt.namespace-claim")
    @WithDefault("namespace")
    String jwtNamespaceClaim();

    /**
     * The claim with the roles, an array or a string with spaces between them. Slashes lead into nested claims.
     */
    @WithName("access.jwt.roles-claim")
    @WithDefault("roles")
    String jwtRolesClaim();

    /** Requests per minute allowed from one client address; beyond it 429. Unset: no limit. */
    @WithName("limits.requests-per-address")
    Optional<@Min(1) @Max(1000000000) Integer> requestsPerAddress();

    /**
     * Requests per minute allowed with one API key, or with the JWTs of one {@code sub}, from all addresses together; beyond it 429.
     * Unset: no limit.
     */
    @WithName("limits.requests-per-key")
    Optional<@Min(1) @Max(1000000000) Integer> requestsPerKey();

    /**
     * Failed code lookups allowed per client address per minute; beyond it, codes that are new to the address get 429. 0 disables the
     * limit.
     */
    @WithName("limits.misses-per-address")
    @WithDefault("10")
    @Min(0)
    @Max(1000000)
    int missesPerAddress();

    /** Whether callers need a credential. */
    enum AccessMode {
        OPEN,
        KEY
    }
}
