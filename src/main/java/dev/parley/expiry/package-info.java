/**
 * Deletion of expired sessions. It only frees space: expired sessions are invisible at once, whenever the sweep runs. Start with
 * {@link dev.parley.expiry.Sweeper}.
 */
@NullMarked
package dev.parley.expiry;

import org.jspecify.annotations.NullMarked;
