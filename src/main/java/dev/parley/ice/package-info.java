/**
 * The STUN and TURN servers of a deployment, and credentials for the latter.
 *
 * <p>Parley relays nothing and connects to none of these servers. It sends peers the list, with credentials that a TURN server
 * verifies by a shared secret. Start with {@link dev.parley.ice.IceServers}.
 */
@NullMarked
package dev.parley.ice;

import org.jspecify.annotations.NullMarked;
