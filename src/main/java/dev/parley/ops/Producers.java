package dev.parley.ops;

import dev.parley.config.InvalidConfiguration;
import dev.parley.http.HttpConfig;
import dev.parley.http.observe.Tracing;
import io.quarkus.arc.DefaultBean;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.URI;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Produces the beans whose classes cannot have a scope: those of the Java platform, and optional ones. */
@Singleton
public class Producers {
    @Produces
    @Singleton
    @DefaultBean
    InstantSource clock() {
        return InstantSource.system();
    }

    @Produces
    @Singleton
    SecureRandom random() {
        return new SecureRandom();
    }

    @Produces
    @Singleton
    Optional<Tracing> tracing(
            HttpConfig config,
            @ConfigProperty(name = DerivedSettings.SERVER, defaultValue = "true") boolean server,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        config.tracesEndpoint().filter(collector -> !isHttp(collector)).ifPresent(collector -> {
            throw new InvalidConfiguration(
                    "parley.traces.endpoint: must be a URL such as http://127.0.0.1:4318/v1/traces.");
        });
        return config.tracesEndpoint()
                .filter(collector -> server)
                .map(collector -> new Tracing(collector, config.tracesRatio(), version));
    }

    private static boolean isHttp(URI url) {
        return url.getHost() != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()));
    }

    void close(@Disposes Optional<Tracing> tracing) {
        tracing.ifPresent(Tracing::close);
    }
}
