/**
 * What an operator sees of the calls: how many, how fast, how they ended; in metrics, in the access log and in traces.
 *
 * <p>A path holds a code, which lets its holder in, or a topic, which anybody may choose. So nothing here speaks of a path but by
 * its pattern; start with {@link dev.parley.http.observe.RequestRecord}.
 */
@NullMarked
package dev.parley.http.observe;

import org.jspecify.annotations.NullMarked;
