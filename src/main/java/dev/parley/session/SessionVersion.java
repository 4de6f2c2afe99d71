package dev.parley.session;

import java.time.Instant;

/**
 * Identifies one state of one session: two reads with the same version have seen the same.
 *
 * @param incarnation distinguishes the session from others that had or will have its code; random, set when it is opened
 * @param seq the number of the latest event
 * @param expiresAt changes when the session is extended, which is not an event
 */
public record SessionVersion(long incarnation, long seq, Instant expiresAt) {}
