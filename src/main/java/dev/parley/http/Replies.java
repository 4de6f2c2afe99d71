package dev.parley.http;

import dev.parley.store.Node;
import dev.parley.store.ReplyPosition;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.Optional;

/**
 * The headers that replies share: the bookmark, and the node that served the request.
 *
 * <p>They are set on the server's response directly: a response of the framework would copy each header twice, which is a twentieth
 * of the cost of a request.
 */
public final class Replies {
    /** For each reply of an API: it may contain a secret, and it is out of date after the next commit. */
    public static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");

    static final CharSequence BOOKMARK = HttpHeaders.createOptimized("x-d1-bookmark");
    static final CharSequence BOOKMARK_STATUS = HttpHeaders.createOptimized("x-bookmark-status");
    static final CharSequence RESET = HttpHeaders.createOptimized("reset");
    private static final CharSequence SERVED_BY = HttpHeaders.createOptimized("x-served-by");
    private static final CharSequence SERVED_BY_PRIMARY = HttpHeaders.createOptimized("x-served-by-primary");
    private static final CharSequence SERVED_BY_REGION = HttpHeaders.createOptimized("x-served-by-region");
    private static final CharSequence PREFERENCE_APPLIED = HttpHeaders.createOptimized("Preference-Applied");
    private static final CharSequence TRUE = HttpHeaders.createOptimized("true");
    private static final CharSequence FALSE = HttpHeaders.createOptimized("false");

    private Replies() {}

    /** Sets the position that the reply is at least as new as, and its node. */
    static void setPosition(MultiMap headers, ReplyPosition position) {
        setPosition(headers, position.bookmark(), position.node(), position.reset());
    }

    static void setPosition(MultiMap headers, String bookmark, Node node, boolean reset) {
        headers.set(BOOKMARK, bookmark)
                .set(SERVED_BY, node.name())
                .set(SERVED_BY_PRIMARY, node.primary() ? TRUE : FALSE)
                .set(SERVED_BY_REGION, node.region());
        if (reset) {
            headers.set(BOOKMARK_STATUS, RESET);
        }
    }

    /** Confirms the wait that was requested, if any (RFC 7240, section 3). */
    public static void applied(HttpServerResponse response, Optional<Duration> wait) {
        wait.ifPresent(time -> response.putHeader(PREFERENCE_APPLIED, Preference.applied(time)));
    }
}
