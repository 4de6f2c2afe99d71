package dev.parley.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The result of opening or answering a session.
 *
 * @param token the side's secret, or null where it has none (the compatible API)
 * @param seq the number of the caller's last event before the other side's next one
 * @param version the state of the session at {@code seq}, which is older than the latest one where the other side has continued
 * @param replay whether the same request was accepted before, so that only additional candidates are new
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
