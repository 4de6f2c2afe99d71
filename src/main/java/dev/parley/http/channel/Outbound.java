package dev.parley.http.channel;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Encodes messages to the client straight into buffers of the connection, which are sent together by {@link #flush}. Used on the event
 * loop of the connection only. The framework's WebSocket would encode strings, and send each message by itself.
 */
final class Outbound {
    private static final int MESSAGE_BYTES = 512;

    private final ChannelHandlerContext connection;
    private final ObjectWriter json;

    Outbound(ChannelHandlerContext connection, ObjectMapper json) {
        this.connection = connection;
        this.json = json.writer().without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE);
    }

    private interface Content {
        void writeTo(JsonGenerator generator) throws IOException;
    }

    /** Writes the reply to the request {@code id}, which is JSON; returns its bytes. */
    int reply(@Nullable String id, Reply reply) {
        return write(generator -> {
            if (id != null) {
                generator.writeFieldName("id");
                generator.writeRawValue(id);
            }
            writeReply(generator, reply);
        });
    }

    private void writeReply(JsonGenerator generator, Reply reply) throws IOException {
        generator.writeNumberField("status", reply.status());
        if (reply.body() != null) {
            generator.writeFieldName(reply.isRefusal() ? "problem" : "body");
            json.writeValue(generator, reply.body());
        }
        if (reply.etag() != null) {
            generator.writeStringField("etag", reply.etag());
        }
        if (reply.bookmark() != null) {
            generator.writeStringField("bookmark", reply.bookmark());
        }
        if (reply.reset()) {
            generator.writeStringField("bookmarkStatus", "reset");
        }
        if (reply.retryAfter() != null) {
            generator.writeFieldName("retryAfter");
            generator.writeRawValue(reply.retryAfter());
        }
    }

    /** Writes that the session {@code code} is not watched any more, and why. */
    void ended(String code, Reply refusal) {
        write(generator -> {
            generator.writeStringField("code", code);
            writeReply(generator, refusal);
        });
    }

    /** Writes events of the session {@code code}, each of them JSON. */
    void events(String code, List<byte[]> events, String bookmark) {
        int bytes = MESSAGE_BYTES;
        for (byte[] event : events) {
            bytes += event.length + 1;
        }
        ByteBuf buffer = connection.alloc().buffer(bytes);
        // Neither a code nor a bookmark has a character that JSON escapes.
        buffer.writeCharSequence("{\"code\":\"" + code + "\",\"events\":[", StandardCharsets.US_ASCII);
        for (int i = 0; i < events.size(); i++) {
            if (i > 0) {
                buffer.writeByte(',');
            }
            buffer.writeBytes(events.get(i));
        }
        buffer.writeCharSequence("],\"bookmark\":\"" + bookmark + "\"}", StandardCharsets.US_ASCII);
        send(buffer);
    }

    /** @param changes the members behind the topic, as {@link TopicMessages} encodes them */
    void topic(String topic, Buffer changes) {
        ByteBuf buffer = connection.alloc().buffer(MESSAGE_BYTES + changes.length());
        buffer.writeCharSequence("{\"topic\":\"", StandardCharsets.US_ASCII);
        buffer.writeCharSequence(
                new String(JsonStringEncoder.getInstance().quoteAsString(topic)), StandardCharsets.UTF_8);
        buffer.writeByte('"');
        buffer.writeBytes(changes.getBytes());
        send(buffer);
    }

    private int write(Content content) {
        ByteBuf buffer = connection.alloc().buffer(MESSAGE_BYTES);
        try (JsonGenerator generator =
                json.getFactory().createGenerator((OutputStream) new ByteBufOutputStream(buffer))) {
            generator.writeStartObject();
            content.writeTo(generator);
            generator.writeEndObject();
        } catch (IOException | RuntimeException e) {
            buffer.release();
            throw new IllegalStateException("Every message is valid JSON", e);
        }
        int bytes = buffer.readableBytes();
        send(buffer);
        return bytes;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a failure closes the connection
    private void send(ByteBuf text) {
        connection.write(new TextWebSocketFrame(text), connection.voidPromise());
    }

    /** Sends what was written. */
    void flush() {
        connection.flush();
    }

    /** Whether the client has not received enough of what was sent to be sent more. */
    boolean isFull() {
        return !connection.channel().isWritable();
    }

    /** The bytes that wait to be sent, as far as they are not sent yet. */
    long pendingBytes() {
        ChannelOutboundBuffer pending = connection.channel().unsafe().outboundBuffer();
        return pending == null ? 0 : pending.totalPendingWriteBytes() - pending.currentProgress();
    }
}
