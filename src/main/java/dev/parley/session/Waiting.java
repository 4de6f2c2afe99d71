package dev.parley.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An unanswered session with everything that is needed to answer it. */
public record Waiting(Code code, @Nullable String peerId, SideState offerer, Instant createdAt, Instant expiresAt) {}
