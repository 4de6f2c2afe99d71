package dev.parley.session;

import dev.parley.session.Session.SideState;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An unanswered session as discovery lists it, without its offer. */
public record Listing(
        Code code, String topic, @Nullable String peerId, List<String> tags, Instant createdAt, Instant expiresAt) {
    /**
     * A listing with what identifies its session.
     *
     * @param id higher for a newer session; another session may have it after this one
     * @param incarnation distinguishes the session from others with its code, as in {@link Session.SessionVersion}
     */
    public record Identified(long id, long incarnation, Listing listing) {}

    /** An unanswered session with everything that is needed to answer it. */
    public record Waiting(
            Code code, @Nullable String peerId, SideState offerer, Instant createdAt, Instant expiresAt) {}
}
