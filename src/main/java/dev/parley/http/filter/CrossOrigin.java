package dev.parley.http.filter;

import dev.parley.http.access.OwnOrigin;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

/**
 * The CORS protocol (Fetch standard, section 3.2): pages of which origins may call, what they may send and what they may see.
 * Never with credentials, for there are none that a browser would add by itself.
 *
 * <p>A preflight gets the whole list, whatever it asks for; the browser compares. The reply to a call carries only what is of
 * use there.
 */
final class CrossOrigin {
    private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
    private static final String REQUEST_HEADERS =
            "Authorization, Cache-Control, Content-Type, If-Match, If-None-Match, Last-Event-ID, Parley-Namespace, Prefer,"
                    + " Session-Token, baggage, traceparent, tracestate, x-d1-bookmark";
    private static final String REPLY_HEADERS =
            "Date, ETag, Location, Preference-Applied, RateLimit, RateLimit-Policy, Retry-After,"
                    + " WWW-Authenticate, x-bookmark-status, x-d1-bookmark, x-served-by, x-served-by-primary, x-served-by-region";

    /** A day. Browsers keep a preflight for less, Chromium for two hours. */
    private static final String PREFLIGHT_SECONDS = "86400";

    private final Origins origins;
    private final OwnOrigin ownOrigin;

    CrossOrigin(Origins origins, OwnOrigin ownOrigin) {
        this.origins = origins;
        this.ownOrigin = ownOrigin;
    }

    /** Whether the page that calls, if a page does, may; then the reply says so. */
    boolean admits(HttpServerRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin == null) {
            return true;
        }
        if (!origins.admit(origin)) {
            return origin.equals(ownOrigin.of(request)) || OwnOrigin.isWithheld(request);
        }
        MultiMap reply = request.response().headers();
        if (origins.all()) {
            reply.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        } else {
            reply.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            reply.set(HttpHeaders.VARY, "Origin");
        }
        if (isPreflight(request)) {
            reply.set(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, METHODS);
            reply.set(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
            reply.set(HttpHeaders.ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS);
        } else {
            reply.set(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, REPLY_HEADERS);
        }
        return true;
    }

    /** Whether a browser asks here what it may ask. */
    static boolean isPreflight(HttpServerRequest request) {
        return request.method().equals(HttpMethod.OPTIONS)
                && request.headers().contains(HttpHeaders.ORIGIN)
                && request.headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
    }
}
