/**
 * Traces, for who wants to see where the time of one call went: a span for the call, and under it one for each of its reads and
 * writes. Off, none of this is made and no call meets it.
 *
 * <p>Spans leave the house, so they hold no more than the access log: patterns of paths, statuses, names of nodes. Start with
 * {@link dev.parley.trace.Tracing}.
 */
@NullMarked
package dev.parley.trace;

import org.jspecify.annotations.NullMarked;
