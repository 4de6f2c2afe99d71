package dev.parley.http;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** Limits of requests, what is served, and how it is observed. */
@ConfigMapping(prefix = "parley")
public interface HttpConfig {
    /** Maximum concurrent connections; further ones are closed immediately. */
    @WithName("limits.connections")
    @WithDefault("20000")
    @Min(1)
    @Max(1000000)
    int connectionsMax();

    /** Maximum time from the first byte of a request to its last; beyond it 408. */
    @WithName("limits.arrival")
    @WithDefault("20s")
    @DurationMin(seconds = 1)
    @DurationMax(minutes = 10)
    Duration arrivalMax();

    /** Maximum size of a request body in bytes; beyond it 413. */
    @WithName("limits.body")
    @WithDefault("262144")
    @Min(1024)
    @Max(8388608)
    int bodyBytesMax();

    /** Maximum nesting of JSON. */
    @WithName("limits.json-depth")
    @WithDefault("16")
    @Min(1)
    @Max(1000)
    int jsonDepthMax();

    /** Maximum items in one page of a list. */
    @WithName("limits.page")
    @WithDefault("1000")
    @Min(1)
    @Max(10000)
    int pageMax();

    /** Whether the compatible API is served. */
    @WithName("rondevu.enabled")
    @WithDefault("true")
    boolean rondevuEnabled();

    /**
     * How long requests are served after the signal to stop, while health checks fail. Requests that run at the end of it have as long
     * again to complete. Unset: the service stops at once.
     */
    @WithName("http.drain")
    Optional<@DurationMin(seconds = 1) @DurationMax(minutes = 5) Duration> drain();

    /** Whether each request is logged: client address, method, pattern of the path, status, size and time. */
    @WithName("log.access")
    @WithDefault("false")
    boolean accessLogged();

    /** Where spans are sent by OTLP over HTTP, such as {@code http://127.0.0.1:4318/v1/traces}. Unset: no traces. */
    @WithName("traces.endpoint")
    Optional<URI> tracesEndpoint();

    /** Fraction of traces that are sent. */
    @WithName("traces.ratio")
    @WithDefault("1")
    @DecimalMin("0")
    @DecimalMax("1")
    double tracesRatio();
}
