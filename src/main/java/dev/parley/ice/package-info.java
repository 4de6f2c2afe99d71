/**
 * How two peers find a way to each other: the STUN and TURN servers that a deployment names, and credentials for the latter.
 *
 * <p>Parley relays nothing and speaks to none of these servers. It tells the peers of them, and proves to a TURN server, by a
 * secret that both know, that it has sent a peer. Start with {@link dev.parley.ice.IceServers}.
 */
@NullMarked
package dev.parley.ice;

import org.jspecify.annotations.NullMarked;
