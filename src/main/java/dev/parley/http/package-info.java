/**
 * The native API, {@code /api/v1}: requests become domain values at the door, and domain values become replies.
 *
 * <p>A request passes {@link dev.parley.http.filter.RequestFilter} (what HTTP and the web ask), goes through
 * {@link dev.parley.http.BodyReader} (strict JSON), one method of a resource, and one use case;
 * {@link dev.parley.http.Replies} dresses the result, {@link dev.parley.http.Problems} the refusal. Replies that wait for news
 * are {@link dev.parley.http.wait.LongPoll} and {@link dev.parley.http.wait.EventStream}. No rule of the domain stands here. Start with
 * {@link dev.parley.http.api.SessionsResource}; {@code META-INF/openapi.yaml} describes it all to users.
 */
@NullMarked
package dev.parley.http;

import org.jspecify.annotations.NullMarked;
