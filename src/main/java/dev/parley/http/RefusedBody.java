package dev.parley.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/**
 * Discards the rest of a rejected request body for a while, without storing it. Closing at once would hide the reply from a client that
 * is still sending.
 */
public final class RefusedBody {
    private static final Duration LINGER = Duration.ofSeconds(5);

    /** The error code of a stream that is reset without an error (RFC 9113, section 7). */
    private static final long NO_ERROR = 0;

    private RefusedBody() {}

    /** Discards the rest of the body; to be called before the reply is sent. */
    public static void drop(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (request.isEnded()) {
            return;
        }
        request.handler(dropped -> {});
        if (request.version() == HttpVersion.HTTP_2) {
            // Only the stream ends, because the connection carries other requests (RFC 9113, section 8.1).
            HttpServerResponse response = context.response();
            context.vertx().setTimer(LINGER.toMillis(), late -> {
                if (!response.closed()) {
                    response.reset(NO_ERROR);
                }
            });
        } else {
            endConnection(context, request);
        }
    }

    /** In HTTP/1 only the end of the connection stops a client from sending. */
    private static void endConnection(RoutingContext context, HttpServerRequest request) {
        HttpServerResponse response = context.response();
        response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        request.endHandler(sent -> {
            if (response.ended()) {
                request.connection().close();
            }
        });
        context.addEndHandler(replied -> {
            if (request.isEnded()) {
                request.connection().close();
            }
        });
        context.vertx().setTimer(LINGER.toMillis(), late -> request.connection().close());
    }
}
