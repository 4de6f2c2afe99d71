package dev.parley.http;

import dev.parley.session.SignalingException.BodyTooLarge;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
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
    private final Instance<HttpConfig> config;
    private volatile @Nullable Json json;

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
        try {
            return read(type, context.getInputStream());
        } catch (BodyTooLarge refusal) {
            RefusedBody.drop(((ResteasyReactiveRequestContext) context).unwrap(RoutingContext.class));
            throw refusal;
        }
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
        return read(type, body);
    }

    private Json json() {
        Json current = json;
        if (current == null) {
            current = new Json(config.get().jsonDepthMax());
            json = current;
        }
        return current;
    }

    private Object read(Class<Object> type, InputStream body) throws IOException {
        int bytesMax = config.get().bodyBytesMax();
        byte[] bytes = body.readNBytes(bytesMax + 1);
        if (bytes.length > bytesMax) {
            throw new BodyTooLarge(bytesMax);
        }
        return json().read(bytes, type);
    }
}
