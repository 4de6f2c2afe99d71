package dev.parley.session;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a peer says to open a session.
 *
 * @param code the name it wants, or null for a generated one
 * @param topic under which the session is found while it is unanswered, or null: then only the code leads to it
 * @param ttl how long the session lives, or null for the configured default
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
    /** What a row takes beside what is said in it, with its entries in the indexes. */
    static final int ROW_BYTES = 256;

    /** About how many bytes the session takes in a store, rather too many than too few. */
    public long bytes() {
        return 4L * ROW_BYTES + offer.utf8().length + trickle.bytes();
    }
}
