package dev.parley.session;

import dev.parley.session.Session.SessionVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request to open a session.
 *
 * @param code chosen by the client, or null for a generated one
 * @param topic under which discovery lists the session while it is unanswered; null for a session that is not listed
 * @param ttl lifetime of the session, or null for the configured default
 * @param token the offerer's own secret, or null
 */
public record Opening(
        @Nullable Code code,
        @Nullable String topic,
        @Nullable String peerId,
        List<String> tags,
        Description offer,
        Trickle trickle,
        @Nullable Duration ttl,
        @Nullable SessionToken token) {
    /** An upper estimate of the bytes that the session takes in a store. */
    public long bytes() {
        return 4L * Trickle.ROW_BYTES + offer.utf8().length + trickle.bytes();
    }

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
}
