package dev.parley.signaling;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.time.DurationMin;

/** How long sessions live, how large their fields may be and how much a namespace may hold. */
@ConfigMapping(prefix = "parley")
public interface SessionConfig {
    /** Time to live of a session whose creator requests none, between {@code ttl-min} and {@code ttl-max}. */
    @WithName("session.ttl")
    @WithDefault("300s")
    Duration ttl();

    /** Shortest time to live that a client may request. */
    @WithName("session.ttl-min")
    @WithDefault("10s")
    @DurationMin(seconds = 1)
    Duration ttlMin();

    /** Longest time to live that a client may request. */
    @WithName("session.ttl-max")
    @WithDefault("24h")
    Duration ttlMax();

    /** Maximum size of an offer or an answer in bytes of UTF-8. */
    @WithName("limits.description")
    @WithDefault("65536")
    @Min(1)
    @Max(8388608)
    int descriptionBytesMax();

    /** Maximum size of a candidate in bytes of its JSON text. */
    @WithName("limits.candidate")
    @WithDefault("4096")
    @Min(1)
    @Max(1048576)
    int candidateBytesMax();

    /** Maximum candidates in one request. */
    @WithName("limits.candidates-per-request")
    @WithDefault("64")
    @Min(1)
    @Max(10000)
    int candidatesPerRequestMax();

    /** Maximum candidates of one side in one generation. */
    @WithName("limits.candidates-per-side")
    @WithDefault("256")
    @Min(1)
    @Max(100000)
    int candidatesPerSideMax();

    /** Maximum length of a topic in characters (Unicode code points). */
    @WithName("limits.topic")
    @WithDefault("1024")
    @Min(1)
    @Max(10000)
    int topicCharsMax();

    /** Maximum length of a peer id in characters (Unicode code points). */
    @WithName("limits.peer-id")
    @WithDefault("1024")
    @Min(1)
    @Max(10000)
    int peerIdCharsMax();

    /** Maximum length of a code in characters. */
    @WithName("limits.code")
    @WithDefault("128")
    @Min(1)
    @Max(1000)
    int codeCharsMax();

    /** Maximum tags of a session. */
    @WithName("limits.tags")
    @WithDefault("16")
    @Min(0)
    @Max(1000)
    int tagsMax();

    /** Maximum length of a tag in characters (Unicode code points). */
    @WithName("limits.tag")
    @WithDefault("64")
    @Min(1)
    @Max(1000)
    int tagCharsMax();

    /** Maximum live sessions in one namespace; beyond it 507. Unset: no limit. */
    @WithName("limits.sessions-per-namespace")
    Optional<@Min(1) @Max(1000000000) Integer> sessionsPerNamespace();

    /**
     * Approximate maximum size of the live sessions of one namespace, such as {@code 100M}; beyond it 507. Unset: no limit.
     */
    @WithName("limits.bytes-per-namespace")
    Optional<MemorySize> bytesPerNamespace();
}
