package dev.parley.session;

import java.time.Instant;
import java.util.List;

/**
 * A stretch of the events of one session, in their order.
 *
 * @param createdAt of the session: tells it from those that had its code before
 * @param expiresAt of the session, as it is now
 */
public record Events(List<Event> list, Instant createdAt, Instant expiresAt) {}
