package dev.parley.ice;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** The STUN and TURN servers that {@code GET /api/v1/ice-servers} returns. */
@ConfigMapping(prefix = "parley.ice")
public interface IceConfig {
    /** URIs of STUN servers, comma-separated: {@code stun:host:port} or {@code stuns:…} (RFC 7064). Unset: none. */
    Optional<@Size(max = 16) List<String>> stun();

    /**
     * URIs of TURN servers, comma-separated: {@code turn:host:port?transport=udp} or {@code turns:…} (RFC 7065). Unset: none.
     */
    Optional<@Size(max = 16) List<String>> turn();

    /**
     * The secret shared with the TURN servers, coturn's {@code static-auth-secret}. It is never logged. Required with {@code
     * parley.ice.turn}.
     */
    Optional<@Size(min = 16, max = 256) String> turnSecret();

    /** Lifetime of a TURN credential, in whole seconds. */
    @WithDefault("1h")
    @DurationMin(minutes = 1)
    @DurationMax(hours = 24)
    Duration turnTtl();
}
