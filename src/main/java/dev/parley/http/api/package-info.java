/** The resources of the native API, {@code /api/v1}. Start with {@link dev.parley.http.api.SessionsResource}. */
@NullMarked
package dev.parley.http.api;

import org.jspecify.annotations.NullMarked;
