package dev.parley.store;

import java.time.Instant;

/**
 * A guarded statement hit: the row it changed, which stays locked until COMMIT.
 *
 * @param seq the session's latest event after the change
 */
public record Place(long id, long seq, int generation, Instant expiresAt) {}
