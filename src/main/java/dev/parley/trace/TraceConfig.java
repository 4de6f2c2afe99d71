package dev.parley.trace;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import java.net.URI;
import java.util.Optional;

/** Traces of requests (OpenTelemetry). */
@ConfigMapping(prefix = "parley.traces")
public interface TraceConfig {
    /**
     * Where spans are sent by OTLP over HTTP, such as {@code http://127.0.0.1:4318/v1/traces}. Unset: no traces.
     */
    Optional<URI> endpoint();

    /** Fraction of traces that are sent. */
    @WithDefault("1")
    @DecimalMin("0")
    @DecimalMax("1")
    double ratio();
}
