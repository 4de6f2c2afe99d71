/**
 * The compatible API at the root, for rondevu clients: it translates their requests into use cases and has no rules of its own.
 *
 * <p>Its sessions are the sessions of the native API. The code is the capability, times are epoch milliseconds, unknown fields are
 * ignored, and errors are {@code {"error"}}.
 */
@NullMarked
package dev.parley.http.rondevu;

import org.jspecify.annotations.NullMarked;
