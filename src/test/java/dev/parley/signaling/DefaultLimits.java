package dev.parley.signaling;

import dev.parley.TestConfig;
import java.time.Duration;
import java.util.Map;

/** The default bounds of the service, with lifetimes chosen by the test. */
public final class DefaultLimits {
    private DefaultLimits() {}

    /** Sessions live {@code ttl} by default, at least {@code ttlMin} and at most a day. */
    public static SessionConfig living(Duration ttl, Duration ttlMin) {
        return TestConfig.of(
                SessionConfig.class,
                Map.of("parley.session.ttl", ttl.toString(), "parley.session.ttl-min", ttlMin.toString()));
    }
}
