/** Completes the OpenAPI document that SmallRye generates from the resources, the records and {@code META-INF/openapi.yaml}. */
@NullMarked
package dev.parley.http.openapi;

import org.jspecify.annotations.NullMarked;
