package dev.parley.http.whip;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** Encoders that send media by WHIP, and players that receive it by WHEP. */
@ConfigMapping(prefix = "parley.whip")
public interface WhipConfig {
    /**
     * How long the offer of an encoder or a player waits for an answer; then it gets 503, and its session is closed. Encoders have a
     * timeout of their own, that of OBS is 8 s.
     */
    @WithName("wait")
    @WithDefault("6s")
    @DurationMin(millis = 100)
    @DurationMax(seconds = 30)
    Duration waitMax();
}
