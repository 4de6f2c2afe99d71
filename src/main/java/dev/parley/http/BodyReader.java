package dev.parley.http;

import dev.parley.session.SignalingException.BodyTooLarge;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.time.Duration;
import org.jboss.resteasy.reactive.common.providers.serialisers.AbstractJsonMessageBodyReader;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyReader;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;
import org.jspecify.annotations.Nullable;

/**
 * Reads request bodies of bounded size with {@link Json}. The framework's reader cannot replace it: it does not give access to the
 * bytes of a candidate, which is returned as it was received.
 */
@Provider
@Consumes(MediaType.APPLICATION_JSON)
public final class BodyReader extends AbstractJsonMessageBodyReader implements ServerMessageBodyReader<Object> {
    private static final Duration LINGER = Duration.ofSeconds(5);

    /** The error code of a stream that is reset without an error (RFC 9113, section 7). */
    private static final long NO_ERROR = 0;

    private final Instance<HttpConfig> config;
    private volatile @Nullable Bounded bounded;

    /** @param config resolved at the first request, because the framework creates readers before the run-time configuration exists */
    public BodyReader(Instance<HttpConfig> config) {
        this.config = config;
    }

    @Override
    public boolean isReadable(
            Class<?> type, Type genericType, ResteasyReactiveResourceInfo method, MediaType mediaType) {
        return isReadable(mediaType, type);
    }

    @Override
    public Object readFrom(Class<Object> type, Type genericType, MediaType mediaType, ServerRequestContext context)
            throws IOException {
        Bounded current = bounded();
        return current.json.read(read(context, current.bytesMax), type);
    }

    @Override
    public Object readFrom(
            Class<Object> type,
            Type genericType,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, String> headers,
            InputStream body)
            throws IOException {
        Bounded current = bounded();
        return current.json.read(read(body, current.bytesMax), type);
    }

    private Bounded bounded() {
        Bounded current = bounded;
        if (current == null) {
            HttpConfig limits = config.get();
            current = new Bounded(new Json(limits.jsonDepthMax()), limits.bodyBytesMax());
            bounded = current;
        }
        return current;
    }

    /**
     * The body of a request; the rest of a longer one is discarded.
     *
     * @throws BodyTooLarge if it has more than {@code bytesMax} bytes
     */
    public static byte[] read(ServerRequestContext context, int bytesMax) throws IOException {
        try {
            return read(context.getInputStream(), bytesMax);
        } catch (BodyTooLarge refusal) {
            discard(((ResteasyReactiveRequestContext) context).unwrap(RoutingContext.class));
            throw refusal;
        }
    }

    /** As above for a body that cannot be discarded. */
    public static byte[] read(InputStream body, int bytesMax) throws IOException {
        // The framework has buffered all but the longest bodies; readNBytes would copy them in chunks.
        byte[] bytes = body instanceof ByteArrayInputStream ? body.readAllBytes() : body.readNBytes(bytesMax + 1);
        if (bytes.length > bytesMax) {
            throw new BodyTooLarge(bytesMax);
        }
        return bytes;
    }

    private record Bounded(Json json, int bytesMax) {}

    /**
     * Discards the rest of a rejected request body for a while, without storing it; to be called before the reply is sent. Closing at
     * once would hide the reply from a client that is still sending.
     */
    public static void discard(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (request.isEnded()) {
            return;
        }
        request.handler(dropped -> {});
        HttpServerResponse response = context.response();
        if (request.version() == HttpVersion.HTTP_2) {
            // Only the stream ends, because the connection carries other requests (RFC 9113, section 8.1).
            context.vertx().setTimer(LINGER.toMillis(), late -> {
                if (!response.closed()) {
                    response.reset(NO_ERROR);
                }
            });
            return;
        }
        // In HTTP/1 only the end of the connection stops a client from sending.
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
