/**
 * The use cases: what a peer can do with a session, one method each.
 *
 * <p>{@link dev.parley.signaling.Signaling} decides: it holds a request against its bounds, runs one guarded change or one read
 * through the store, and where a guard missed, finds the refusal that tells the caller what to do. It knows no HTTP and no SQL.
 */
@NullMarked
package dev.parley.signaling;

import org.jspecify.annotations.NullMarked;
