package dev.parley.http.filter;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Limits the time in which each request of one connection arrives, from its first byte to its last. A connection that exceeds it is
 * closed, with 408 (RFC 9110, section 15.5.9) unless the reply to an earlier request could be on its way.
 *
 * <p>This handler sees the bytes, and {@link Messages} what the HTTP/1 decoder has made of them; so after each read it is known
 * whether a request is incomplete. A request that arrives in one read needs no timer. HTTP/2 has no such decoder and only has the
 * idle timeout.
 */
final class RequestTimeoutHandler extends ChannelInboundHandlerAdapter {
    static final String DECODER = "httpDecoder";
    static final String ENCODER = "httpEncoder";

    private static final String TIMEOUT =
            "HTTP/1.1 408 Request Timeout\r\nDate: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    /** Length of the connection preface of HTTP/2 (RFC 9113, section 3.4); until then the version of HTTP may be unknown. */
    private static final int PREFACE_BYTES = 24;

    private final Duration timeMax;
    private final HttpDate date;
    private @Nullable ChannelHandlerContext decoder;
    private int bytes;
    private int requests;
    private boolean bodyPending;
    private boolean read;
    private boolean decoded;
    private @Nullable ScheduledFuture<?> timer;

    RequestTimeoutHandler(Duration timeMax, HttpDate date) {
        this.timeMax = timeMax;
        this.date = date;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        read = true;
        if (decoder == null && bytes < PREFACE_BYTES && message instanceof ByteBuf buffer) {
            passUntilDecoderExists(context, buffer);
        }
        boolean observed = decoder != null;
        context.fireChannelRead(message);
        if (!observed && findDecoder(context)) {
            decoded = bytes >= PREFACE_BYTES; // a complete request may have followed the last part of a TLS handshake
        }
    }

    /** The server adds its decoder as soon as the first bytes reveal the version of HTTP, so it receives them one by one. */
    private void passUntilDecoderExists(ChannelHandlerContext context, ByteBuf buffer) {
        bytes += buffer.readableBytes();
        for (int i = 1; !findDecoder(context) && i < PREFACE_BYTES && buffer.readableBytes() > 1; i++) {
            context.fireChannelRead(buffer.readRetainedSlice(1));
        }
    }

    private boolean findDecoder(ChannelHandlerContext context) {
        if (decoder == null && context.pipeline().get(DECODER) != null) {
            decoder = context.pipeline().context(DECODER);
            context.pipeline().addAfter(ENCODER, null, new Messages());
        }
        return decoder != null;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.fireChannelReadComplete();
        if (!read) {
            return;
        }
        boolean headPending = decoder == null ? bytes < PREFACE_BYTES : !decoded;
        if (!bodyPending && !headPending) {
            stopTimer();
        } else if (timer == null) {
            boolean first = (headPending ? requests : requests - 1) == 0;
            timer = context.executor().schedule(() -> close(context, first), timeMax.toNanos(), TimeUnit.NANOSECONDS);
        }
        read = false;
        decoded = false;
    }

    /** @param first whether the late request is the first one of the connection */
    private void close(ChannelHandlerContext context, boolean first) {
        ByteBuf last = first ? Unpooled.copiedBuffer(TIMEOUT.formatted(date.now()), US_ASCII) : Unpooled.EMPTY_BUFFER;
        (decoder == null ? context : decoder).writeAndFlush(last).addListener(ChannelFutureListener.CLOSE);
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stopTimer();
        context.fireChannelInactive();
    }

    /** The server clears its pipeline when the first request upgrades a connection to HTTP/2. */
    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        stopTimer();
    }

    /** Observes decoded requests, and adds {@code Date} to replies that the server makes itself, such as 400 to a malformed head. */
    private final class Messages extends ChannelDuplexHandler {
        @Override
        public void channelRead(ChannelHandlerContext context, Object part) {
            decoded = true;
            if (part instanceof HttpRequest) {
                requests++;
                bodyPending = true;
            }
            if (part instanceof LastHttpContent) {
                bodyPending = false;
            }
            context.fireChannelRead(part);
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // the result is that of the promise
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            if (message instanceof HttpResponse response
                    && !response.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
                response.setProtocolVersion(
                        HttpVersion.HTTP_1_1); // never an unknown one of the request (RFC 9110, section 6.2)
            }
            if (message instanceof HttpResponse response
                    && response.status().codeClass() != HttpStatusClass.INFORMATIONAL
                    && !response.headers().contains(HttpHeaderNames.DATE)) {
                response.headers().set(HttpHeaderNames.DATE, date.now());
            }
            context.write(message, promise);
        }
    }
}
