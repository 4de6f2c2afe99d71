package dev.parley.session;

import dev.parley.session.Session.SideState;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An unanswered session as discovery lists it, without its offer. */
public record Listing(
        Code code, String topic, @Nullable String peerId, List<String> tags, Instant createdAt, Instant expiresAt) {
    /** An unanswered session with everything that is needed to answer it. */
    public record Waiting(
            Code code, @Nullable String peerId, SideState offerer, Instant createdAt, Instant expiresAt) {}
}
