package dev.parley.session;

import java.time.Duration;
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
}
