/**
 * What each request passes before it is routed: limits of its connection, rules of HTTP, CORS, rates and authentication. Start with
 * {@link dev.parley.http.filter.RequestFilter}.
 */
@NullMarked
package dev.parley.http.filter;

import org.jspecify.annotations.NullMarked;
