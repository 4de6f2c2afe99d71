package dev.parley.session;

import java.time.Duration;

/** The bounds that the service has by default, for tests that have sessions live as long as they need. */
public final class DefaultLimits {
    private DefaultLimits() {}

    /** Sessions live {@code ttl} unless they say otherwise, at least {@code ttlMin} and at most a day. */
    public static Limits living(Duration ttl, Duration ttlMin) {
        return new Limits(
                65_536, 4_096, 64, 256, 1_024, 1_024, 128, 16, 64, ttl, ttlMin, Duration.ofDays(1), Quota.NONE);
    }
}
