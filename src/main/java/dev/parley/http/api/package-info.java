/** The native API, {@code /health}, and the OpenAPI document of both APIs. Start with {@link dev.parley.http.api.NativeResource}. */
@NullMarked
package dev.parley.http.api;

import org.jspecify.annotations.NullMarked;
