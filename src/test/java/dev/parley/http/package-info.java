/**
 * Tests of the mapping to HTTP: each test calls the running application over a socket, on a real database file.
 *
 * <p>Every {@link dev.parley.http.TestClient} has an origin of its own, so no test sees the sessions of another. Every reply is checked
 * against the OpenAPI document, and {@link dev.parley.http.OpenApiTest} checks the document against the service.
 *
 * <p>Each profile restarts the application. Besides those of the engines there are {@link dev.parley.http.KeyProfile},
 * {@link dev.parley.http.RateProfile}, {@link dev.parley.http.LimitsProfile} and {@link dev.parley.http.RestrictedProfile}; new settings
 * go into one of them.
 */
@NullMarked
package dev.parley.http;

import org.jspecify.annotations.NullMarked;
