package dev.parley.session;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One committed state of a session, with the descriptions and candidates of the current generation.
 *
 * @param incarnation as in {@link SessionVersion}
 * @param seq the number of the latest event
 */
public record Session(
        Code code,
        @Nullable String topic,
        @Nullable String peerId,
        List<String> tags,
        int generation,
        long incarnation,
        long seq,
        SideState offerer,
        SideState answerer,
        Instant createdAt,
        Instant expiresAt) {
    public SessionVersion version() {
        return new SessionVersion(incarnation, seq, expiresAt);
    }
}
