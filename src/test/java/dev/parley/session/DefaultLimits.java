package dev.parley.session;

import java.time.Duration;

/** The default bounds of the service, with lifetimes chosen by the test. */
public final class DefaultLimits {
    private DefaultLimits() {}

    /** Sessions live {@code ttl} by default, at least {@code ttlMin} and at most a day. */
    public static Limits living(Duration ttl, Duration ttlMin) {
        return new Limits(
                65_536, 4_096, 64, 256, 1_024, 1_024, 128, 16, 64, ttl, ttlMin, Duration.ofDays(1), Quota.NONE);
    }
}
