package dev.parley.http.whip;

import dev.parley.http.BodyReader;
import dev.parley.http.HttpConfig;
import dev.parley.http.Json;
import dev.parley.session.Description;
import dev.parley.session.SignalingException.Malformed;
import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyReader;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;

/** Reads request bodies of bounded size in the two forms of SDP. */
@Provider
@Consumes({SdpOffer.TYPE, SdpFragment.TYPE})
public final class SdpReader implements ServerMessageBodyReader<Object> {
    private final Instance<HttpConfig> config;

    /** @param config resolved at a request, because the framework creates readers before the run-time configuration exists */
    public SdpReader(Instance<HttpConfig> config) {
        this.config = config;
    }

    @Override
    public boolean isReadable(
            Class<?> type, Type genericType, ResteasyReactiveResourceInfo method, MediaType mediaType) {
        return isSdp(type);
    }

    @Override
    public boolean isReadable(Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return isSdp(type);
    }

    private static boolean isSdp(Class<?> type) {
        return type == SdpOffer.class || type == SdpFragment.class;
    }

    @Override
    public Object readFrom(Class<Object> type, Type genericType, MediaType mediaType, ServerRequestContext context)
            throws IOException {
        requireType(context.getRequestHeaders());
        return parsed(type, BodyReader.read(context, config.get().bodyBytesMax()));
    }

    /** The framework accepts a body without a type, which RFC 9725, sections 4.2 and 4.3.1, does not. */
    private static void requireType(HttpHeaders headers) {
        if (headers.getHeaderString(HttpHeaders.CONTENT_TYPE) == null) {
            throw new NotSupportedException();
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
        return parsed(type, BodyReader.read(body, config.get().bodyBytesMax()));
    }

    private static Object parsed(Class<?> type, byte[] bytes) {
        if (!Json.isUtf8(bytes)) {
            throw new Malformed("The body is not UTF-8.");
        }
        return type == SdpOffer.class
                ? SdpOffer.parse(new Description(bytes))
                : SdpFragment.parse(new String(bytes, StandardCharsets.UTF_8));
    }
}
