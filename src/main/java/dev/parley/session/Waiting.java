package dev.parley.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An unanswered session with all that a stranger needs to answer it at once. */
public record Waiting(Code code, @Nullable String peerId, SideState offerer, Instant createdAt, Instant expiresAt) {}
