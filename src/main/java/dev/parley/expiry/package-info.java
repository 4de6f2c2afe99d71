/**
 * Deleting what has expired. It only makes room: an expired session is invisible at once, whenever the sweeper comes.
 */
@NullMarked
package dev.parley.expiry;

import org.jspecify.annotations.NullMarked;
