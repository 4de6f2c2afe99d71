package dev.parley.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A peer has taken its side of a session.
 *
 * @param token the side's secret, or null where the side goes without one (the compatible API)
 * @param seq the position right behind the caller's own part: what the other side has done since comes behind it
 * @param version the state of the session at {@code seq}: not the latest one where the other side has done something since
 * @param replay whether the same request had been accepted before; then only what it adds is new
 */
public record Joined(
        Code code,
        Side side,
        @Nullable SessionToken token,
        long seq,
        int generation,
        SessionVersion version,
        boolean replay) {
    public Instant expiresAt() {
        return version.expiresAt();
    }
}
