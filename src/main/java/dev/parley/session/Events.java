package dev.parley.session;

import java.time.Instant;
import java.util.List;

/**
 * Consecutive events of one session, in their order.
 *
 * @param incarnation of the session, as in {@link SessionVersion}
 * @param expiresAt of the session, as it is now
 */
public record Events(List<Event> list, long incarnation, Instant expiresAt) {}
