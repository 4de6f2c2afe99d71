package dev.parley.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A peer has taken its side of a session.
 *
 * @param token the side's secret, or null where the side goes without one (the compatible API)
 * @param replay whether the same request had been accepted before and nothing changed this time
 */
public record Joined(
        Code code,
        Side side,
        @Nullable SessionToken token,
        long seq,
        int generation,
        Instant expiresAt,
        boolean replay) {}
