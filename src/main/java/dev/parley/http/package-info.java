/**
 * The building blocks that all resources share: the headers of requests and replies, query parameters, JSON and errors.
 *
 * <p>A request passes {@link dev.parley.http.filter.RequestFilter}, then one method of a resource in {@code http.api} or
 * {@code http.rondevu}, and one use case. {@link dev.parley.http.Caller} reads its headers and sets those of the reply;
 * {@link dev.parley.http.ErrorReply} maps exceptions. Domain rules do not belong here. Start with
 * {@link dev.parley.http.api.NativeResource}; {@link dev.parley.http.api.OpenApiCompletion} completes its
 * OpenAPI document.
 */
@NullMarked
package dev.parley.http;

import org.jspecify.annotations.NullMarked;
