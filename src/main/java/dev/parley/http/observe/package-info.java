/**
 * Metrics and the access log of requests.
 *
 * <p>A path may contain a code, which is the capability to read its session, or a topic, which any client may choose. So only patterns of paths are
 * reported; start with {@link dev.parley.http.observe.Endpoint}.
 */
@NullMarked
package dev.parley.http.observe;

import org.jspecify.annotations.NullMarked;
