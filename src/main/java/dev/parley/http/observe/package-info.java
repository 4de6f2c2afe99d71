/**
 * Metrics and the access log of requests.
 *
 * <p>A path may contain a code, which admits to its session, or a topic, which anybody may choose. So only patterns of paths are
 * reported; start with {@link dev.parley.http.observe.Endpoint}.
 */
@NullMarked
package dev.parley.http.observe;

import org.jspecify.annotations.NullMarked;
