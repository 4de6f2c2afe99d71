package dev.parley.http.channel;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** Channels: WebSocket connections that carry any number of sessions. */
@ConfigMapping(prefix = "parley.channel")
public interface ChannelConfig {
    /** Maximum open channels; further ones get 503. */
    @WithDefault("20000")
    @Min(1)
    @Max(1000000)
    int total();

    /** Maximum open channels from one client address; further ones get 429. */
    @WithDefault("1000")
    @Min(1)
    @Max(1000000)
    int perClient();

    /** Maximum sessions and topics that one channel watches; further ones get 429. */
    @WithDefault("4096")
    @Min(1)
    @Max(100000)
    int watches();

    /** Maximum requests of one channel that are in progress; the next ones are read when these are completed. */
    @WithDefault("64")
    @Min(1)
    @Max(10000)
    int inFlight();

    /**
     * Maximum bytes that wait to be sent to a client from one ping to the next, such as {@code 1M}; a channel whose client does not read
     * them is closed with 1013.
     */
    @WithDefault("1M")
    MemorySize buffer();

    /** Interval of pings. A channel from whose client nothing is received before the next is closed. */
    @WithDefault("15s")
    @DurationMin(seconds = 1)
    @DurationMax(seconds = 60)
    Duration ping();
}
