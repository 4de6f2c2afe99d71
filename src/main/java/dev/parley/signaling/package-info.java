/**
 * The use cases: what a peer can do with a session, one method each.
 *
 * <p>{@link dev.parley.signaling.Signaling} checks a request against its limits, runs one guarded change or one read through the store, and
 * explains the refusal where a guard missed. It knows neither HTTP nor SQL.
 */
@NullMarked
package dev.parley.signaling;

import org.jspecify.annotations.NullMarked;
