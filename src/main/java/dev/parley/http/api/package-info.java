/** The native API, {@code /api/v1}. Start with {@link dev.parley.http.api.NativeResource}. */
@NullMarked
package dev.parley.http.api;

import org.jspecify.annotations.NullMarked;
