package dev.parley.http.wait;

import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyWriter.AllWriteableMessageBodyWriter;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;

/** Starts a stream at the point where other replies write their body and end. */
@Provider
@Produces(MediaType.SERVER_SENT_EVENTS)
public final class EventStreamWriter extends AllWriteableMessageBodyWriter {
    @Override
    public void writeResponse(Object stream, Type type, ServerRequestContext context) {
        ((EventStream) stream).start();
    }

    @Override
    public void writeTo(
            Object stream,
            Class<?> type,
            Type genericType,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, Object> headers,
            OutputStream body) {
        throw new UnsupportedOperationException("An event stream needs the connection itself");
    }
}
