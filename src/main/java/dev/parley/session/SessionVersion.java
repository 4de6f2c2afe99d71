package dev.parley.session;

import java.time.Instant;

/**
 * Which state of which session: what two reads must agree in to have seen the same.
 *
 * @param incarnation tells the session from those that had its code before or get it later; random, fixed when it is opened
 * @param seq the number of the latest event
 * @param expiresAt changes when the session is extended, which is no event
 */
public record SessionVersion(long incarnation, long seq, Instant expiresAt) {}
