package dev.parley.http.access;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithName;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Optional;

/** Under which URL clients reach the service, and through which proxies. */
@ConfigMapping(prefix = "parley")
public interface OriginConfig {
    /**
     * The URL under which browsers reach the service, such as {@code https://parley.example.org}, without a path. Its origin is the
     * namespace of the service's own pages, which may call regardless of {@code parley.cors.origins}. Unset: the scheme and the host of
     * each request, as trusted proxies forwarded them.
     */
    @WithName("http.public-url")
    Optional<String> publicUrl();

    /**
     * Proxies whose {@code Forwarded} or {@code X-Forwarded-For}, {@code X-Forwarded-Proto} and {@code X-Forwarded-Host} are used:
     * addresses, or networks such as {@code 10.0.0.0/8}, comma-separated. Unset: none.
     */
    @WithName("limits.trusted-proxies")
    Optional<@Size(max = 64) List<String>> trustedProxies();
}
