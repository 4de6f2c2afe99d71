package dev.parley.http.access;

import dev.parley.http.access.OriginConfig.Origins;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Singleton;

/**
 * The CORS protocol (Fetch standard, section 3.2): which pages may call, which headers they may send, and which they may read. It never
 * allows credentials, because there are none that a browser adds by itself.
 *
 * <p>A preflight gets the whole list whatever it asks for, and the browser compares. Other replies have only the headers that apply to
 * them.
 */
@Singleton
public final class CrossOrigin {
    private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
    private static final String REQUEST_HEADERS =
            "Authorization, Cache-Control, Content-Type, If-Match, If-None-Match, Last-Event-ID, Parley-Namespace, Prefer,"
                    + " Session-Token, baggage, traceparent, tracestate, x-d1-bookmark";
    private static final String REPLY_HEADERS =
            "Accept-Post, Content-Location, Date, ETag, Link, Location, Preference-Applied, RateLimit, RateLimit-Policy, Retry-After,"
                    + " WWW-Authenticate, x-bookmark-status, x-d1-bookmark, x-served-by, x-served-by-primary, x-served-by-region";

    /** A day. Browsers keep a preflight for less, Chromium for two hours. */
    private static final String PREFLIGHT_SECONDS = "86400";

    private final Origins origins;
    private final OwnOrigin ownOrigin;

    public CrossOrigin(OriginConfig config, OwnOrigin ownOrigin) {
        this.origins = config.corsOrigins();
        this.ownOrigin = ownOrigin;
    }

    /** Whether the request may be served: it is not of a page, or its page may call. Sets the headers of the reply. */
    public boolean admits(HttpServerRequest request) {
        MultiMap reply = request.response().headers();
        if (!origins.all()) {
            // Also without Origin: a cache must not give that reply to a page (Fetch standard, section 3.2.5).
            reply.set(HttpHeaders.VARY, "Origin");
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin == null) {
            return true;
        }
        if (!origins.admit(origin)) {
            return origin.equals(ownOrigin.of(request)) || OwnOrigin.isWithheld(request);
        }
        reply.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origins.all() ? "*" : origin);
        if (isPreflight(request)) {
            reply.set(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, METHODS);
            reply.set(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
            reply.set(HttpHeaders.ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS);
        } else {
            reply.set(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, REPLY_HEADERS);
        }
        return true;
    }

    /** Whether a browser asks which requests it may send. */
    public static boolean isPreflight(HttpServerRequest request) {
        return request.method().equals(HttpMethod.OPTIONS)
                && request.headers().contains(HttpHeaders.ORIGIN)
                && request.headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
    }
}
