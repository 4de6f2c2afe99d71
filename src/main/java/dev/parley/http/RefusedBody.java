package dev.parley.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/**
 * The rest of a request body that is refused. It is dropped for a while instead of being cut off, because a client that is still
 * sending reads no reply; and it is kept nowhere, however long it is.
 */
public final class RefusedBody {
    private static final Duration LINGER = Duration.ofSeconds(5);

    /** The error code of a stream that is reset without an error (RFC 9113, section 7). */
    private static final long NO_ERROR = 0;

    private RefusedBody() {}

    /** Drops what still comes; to be called before the reply is sent. */
    public static void drop(RoutingContext context) {
        if (context.request().isEnded()) {
            return; // all of it has come
        }
        context.request().handler(dropped -> {});
        if (context.request().version() == HttpVersion.HTTP_2) {
            endStreamLate(context);
        } else {
            endConnection(context);
        }
    }

    /**
     * The connection carries other requests, so only the stream ends; a server may ask its client to stop sending once the reply is
     * complete (RFC 9113, section 8.1). Connection headers are not allowed (section 8.2.2).
     */
    private static void endStreamLate(RoutingContext context) {
        HttpServerResponse response = context.response();
        context.vertx().setTimer(LINGER.toMillis(), late -> {
            if (!response.closed()) {
                response.reset(NO_ERROR);
            }
        });
    }

    /** In HTTP/1 only the end of the connection keeps a client from sending. */
    private static void endConnection(RoutingContext context) {
        HttpServerRequest request = context.request();
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
