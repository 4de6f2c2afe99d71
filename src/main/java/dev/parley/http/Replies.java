package dev.parley.http;

import dev.parley.store.Node;
import dev.parley.store.Served;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.Optional;
import org.jboss.resteasy.reactive.RestResponse.Status;

/**
 * What every reply says besides its body: how new it is and who served it.
 *
 * <p>It goes straight to the server's response: on its way through a response of the framework's every header would be copied
 * twice, which is a twentieth of what a call costs.
 */
public final class Replies {
    /** Of every reply: it may hold a secret, and it is out of date with the next commit. */
    public static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");

    static final CharSequence BOOKMARK = HttpHeaders.createOptimized("x-d1-bookmark");
    private static final CharSequence SERVED_BY = HttpHeaders.createOptimized("x-served-by");
    private static final CharSequence SERVED_BY_PRIMARY = HttpHeaders.createOptimized("x-served-by-primary");
    private static final CharSequence SERVED_BY_REGION = HttpHeaders.createOptimized("x-served-by-region");
    static final CharSequence BOOKMARK_STATUS = HttpHeaders.createOptimized("x-bookmark-status");
    static final CharSequence RESET = HttpHeaders.createOptimized("reset");
    private static final CharSequence PREFERENCE_APPLIED = HttpHeaders.createOptimized("Preference-Applied");
    private static final CharSequence TRUE = HttpHeaders.createOptimized("true");
    private static final CharSequence FALSE = HttpHeaders.createOptimized("false");

    private Replies() {}

    /** Gives {@code response} its status and the headers of {@code served}. */
    static void dress(HttpServerResponse response, Status status, Served<?> served) {
        response.setStatusCode(status.getStatusCode()).headers().set(HttpHeaders.CACHE_CONTROL, NO_STORE);
        dress(response.headers(), served.bookmark(), served.node(), served.reset());
    }

    /** Adds how new a reply is and who served it. */
    static void dress(MultiMap headers, String bookmark, Node node, boolean reset) {
        headers.set(BOOKMARK, bookmark)
                .set(SERVED_BY, node.name())
                .set(SERVED_BY_PRIMARY, node.primary() ? TRUE : FALSE)
                .set(SERVED_BY_REGION, node.region());
        if (reset) {
            headers.set(BOOKMARK_STATUS, RESET);
        }
    }

    /** Says that the wait was honoured (RFC 7240, section 3), if one was asked for. */
    public static void applied(HttpServerResponse response, Optional<Duration> wait) {
        wait.ifPresent(time -> response.putHeader(PREFERENCE_APPLIED, Preference.applied(time)));
    }
}
