package dev.parley.http.wait;

import dev.parley.http.wait.SessionFeed.End;
import io.netty.util.concurrent.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyWriter.AllWriteableMessageBodyWriter;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;

/**
 * A reply of server-sent events (HTML standard, section 9.2). Everything runs on the request's event loop.
 *
 * <p>The bookmark that covers the messages after it is an event of its own, named {@code bookmark}, because a header is sent too early
 * and browsers do not show comments.
 */
abstract class StreamedReply {
    private static final String HEAD = "retry: 1000\n\n";

    /** A stream whose client has read nothing for so many keep-alive intervals is reset: what it was sent uses memory here. */
    private static final int UNREAD_MAX = 4;

    private static final long CANCEL = 0x8; // RFC 9113, section 7

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private boolean started;
    private int unread;

    StreamedReply(HttpServerRequest request) {
        this.request = request;
        this.response = request.response();
    }

    private void start() {
        if (response.closed()) {
            return;
        }
        response.putHeader("X-Accel-Buffering", "no"); // nginx would keep messages back
        if (request.method().equals(HttpMethod.HEAD)) {
            response.end();
            return;
        }
        started = true;
        response.setChunked(true);
        response.write(HEAD);
        response.drainHandler(drained -> {
            unread = 0;
            resume();
        });
        begin();
    }

    /** Begins to send messages. */
    abstract void begin();

    /** Sends what could not be sent, after {@link #isWritable} was false. */
    abstract void resume();

    /** Whether the client's credential is still valid; ends the stream if not. */
    abstract boolean checkCredential();

    void write(Buffer messages) {
        response.write(messages);
    }

    /** A buffer for messages that {@code bookmark} covers. */
    static Buffer after(String bookmark) {
        return Buffer.buffer("event: bookmark\ndata: " + bookmark + "\n\n");
    }

    /** Ends a message with its data, which may contain line breaks: a candidate is sent as it was received. */
    static void appendData(Buffer buffer, byte[] data) {
        buffer.appendString("data: ");
        int line = 0;
        for (int i = 0; i < data.length; i++) {
            if (data[i] == '\n' || data[i] == '\r') {
                buffer.appendBytes(data, line, i - line).appendString("\ndata: ");
                line = i + 1;
            }
        }
        buffer.appendBytes(data, line, data.length - line).appendString("\n\n");
    }

    public boolean isWritable() {
        return !response.writeQueueFull();
    }

    /** A client that reconnects receives the reason. */
    public void ended(End why) {
        response.end(": " + why.words() + "\n\n");
    }

    /** Sends a comment where the client reads, and resets the stream where it does not. */
    final void keepAlive() {
        if (!started || response.ended() || !checkCredential()) {
            return;
        }
        if (isWritable()) {
            response.write(": still here\n\n");
        } else if (++unread == UNREAD_MAX) {
            reset();
        }
    }

    private void reset() {
        if (request.version() == HttpVersion.HTTP_2) {
            response.reset(CANCEL);
        } else {
            // Not by Vert.x, which would wait until the client has read everything.
            Future<?> unused = ((ConnectionBase) request.connection())
                    .channelHandlerContext()
                    .close();
        }
    }

    /** Starts a stream at the point where other replies write their body and end. */
    @Provider
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public static final class Writer extends AllWriteableMessageBodyWriter {
        @Override
        public void writeResponse(Object stream, Type type, ServerRequestContext context) {
            ((StreamedReply) stream).start();
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
}
