package dev.parley.waiting;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** Requests that wait for events. */
@ConfigMapping(prefix = "parley.waiting")
public interface WaitConfig {
    /** Longest wait that is granted; a client that asks for more gets this. */
    @WithDefault("30s")
    @DurationMin(seconds = 1)
    @DurationMax(seconds = 30)
    Duration max();

    /**
     * Maximum silence of an event stream; then a comment is sent to keep the connection open. A stream whose client reads nothing for
     * four times as long is closed.
     */
    @WithDefault("15s")
    @DurationMin(seconds = 1)
    @DurationMax(seconds = 60)
    Duration keepAlive();

    /**
     * How often a waiting request checks the store without a notification, in case one was lost. Unset: 5s on PostgreSQL and 60s on
     * SQLite, where none can be lost.
     */
    Optional<@DurationMin(millis = 100) @DurationMax(seconds = 60) Duration> recheck();

    /** Maximum sessions and topics that one request watches; more get 422. */
    @WithDefault("256")
    @Min(1)
    @Max(4096)
    int perRequest();

    /** Maximum requests that wait for one session; further ones get 429. */
    @WithDefault("32")
    @Min(1)
    @Max(100000)
    int perSession();

    /** Maximum requests that wait for one topic; further ones get 429. */
    @WithDefault("1000")
    @Min(1)
    @Max(1000000)
    int perTopic();

    /** Maximum requests that wait from one client address; further ones get 429. */
    @WithDefault("1000")
    @Min(1)
    @Max(1000000)
    int perClient();

    /** Maximum requests that wait; further ones get 503. */
    @WithDefault("10000")
    @Min(1)
    @Max(1000000)
    int total();
}
