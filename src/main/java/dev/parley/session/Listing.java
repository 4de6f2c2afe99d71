package dev.parley.session;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An unanswered session as discovery lists it, without its offer. */
public record Listing(
        Code code, String topic, @Nullable String peerId, List<String> tags, Instant createdAt, Instant expiresAt) {}
