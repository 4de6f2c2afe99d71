package dev.parley.session;

import java.time.Duration;

/**
 * A condition of a session: it is closed when its holder has been gone for {@code duration} and no other has taken the lease.
 *
 * @param holder a random number
 * @param node the server of the holder, by a random number
 */
public record Lease(long holder, long node, Duration duration) {}
