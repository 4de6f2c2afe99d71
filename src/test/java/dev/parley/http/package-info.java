/**
 * The HTTP edge as its users meet it: each test speaks to the running application over a socket, on a real database file.
 *
 * <p>Every {@link dev.parley.http.TestClient} lives in an origin of its own, so no test sees the sessions of another. Every reply it
 * gets is first held against the OpenAPI document; {@link dev.parley.http.OpenApiTest} holds the document against the service.
 */
@NullMarked
package dev.parley.http;

import org.jspecify.annotations.NullMarked;
