/** Addresses and credentials of STUN and TURN servers. That a real server takes them, the tests in the browser show. */
@NullMarked
package dev.parley.ice;

import org.jspecify.annotations.NullMarked;
