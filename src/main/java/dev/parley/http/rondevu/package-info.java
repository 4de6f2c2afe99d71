/**
 * The compatible API at the root, for clients of rondevu: a translation of its words into use cases, without rules of its own.
 *
 * <p>Its sessions are the native API's sessions. Here the code is the capability; times are epoch milliseconds; unknown fields
 * are ignored; errors are {@code {"error"}}.
 */
@NullMarked
package dev.parley.http.rondevu;

import org.jspecify.annotations.NullMarked;
