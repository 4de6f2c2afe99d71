package dev.parley.http.filter;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** What every request passes before it is routed. */
@ConfigMapping(prefix = "parley")
public interface FilterConfig {
    /**
     * Origins whose pages may call, comma-separated; {@code /…/} is a regular expression, {@code *} allows all. Cookies are never used.
     */
    @WithName("cors.origins")
    @WithDefault("*")
    Origins corsOrigins();

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

    /** Whether each request is logged: client address, method, pattern of the path, status, size and time. */
    @WithName("log.access")
    @WithDefault("false")
    boolean accessLogged();
}
