package dev.parley.http.filter;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long the requests of one connection take to arrive. One whose last byte has not come in time after its first ends the
 * connection, with 408 (RFC 9110, section 15.5.9) where no other request's reply could be on its way.
 *
 * <p>Bytes are seen as they come in, and what the HTTP/1 decoder has made of them right behind it; after each read it is known
 * whether something is unfinished. A request that comes whole in one read costs no timer. HTTP/2 has no such decoder and is left
 * to the idle timeout.
 */
final class RequestTimeoutHandler extends ChannelInboundHandlerAdapter {
    static final String DECODER = "httpDecoder";
    static final String ENCODER = "httpEncoder";

    private static final String TIMEOUT =
            "HTTP/1.1 408 Request Timeout\r\nDate: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    /** Before that many bytes it is known which HTTP it is (RFC 9113, section 3.4). */
    private static final int PREFACE = 24;

    private static final byte TLS_HANDSHAKE = 0x16;

    private final Duration timeMax;
    private final HttpDate date;
    private @Nullable ChannelHandlerContext decoded;
    private boolean tls;
    private boolean blind;
    private boolean known;
    private int seen;
    private int requests;
    private boolean unfinished;
    private boolean read;
    private boolean understood;
    private @Nullable ScheduledFuture<?> timer;

    RequestTimeoutHandler(Duration timeMax, HttpDate date) {
        this.timeMax = timeMax;
        this.date = date;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        read = true;
        if (decoded == null && message instanceof ByteBuf bytes) {
            untilDecoderIsThere(context, bytes);
        }
        boolean placed = decoded != null;
        context.fireChannelRead(message);
        if (!placed && findDecoder(context)) {
            blind = tls; // what came with the end of a handshake may have been a whole request
        }
    }

    /** The server puts its decoder in place when the first bytes have told it which HTTP they are; so it gets these one by one. */
    private void untilDecoderIsThere(ChannelHandlerContext context, ByteBuf bytes) {
        tls |= seen == 0 && bytes.isReadable() && bytes.getByte(bytes.readerIndex()) == TLS_HANDSHAKE;
        seen += bytes.readableBytes();
        known = tls || seen >= PREFACE;
        for (int i = 1; !findDecoder(context) && !tls && i < PREFACE && bytes.readableBytes() > 1; i++) {
            context.fireChannelRead(bytes.readRetainedSlice(1));
        }
    }

    private boolean findDecoder(ChannelHandlerContext context) {
        if (decoded == null && context.pipeline().get(DECODER) != null) {
            context.pipeline().addAfter(DECODER, null, new Decoded());
            context.pipeline().addAfter(ENCODER, null, new Dated());
        }
        return decoded != null;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.fireChannelReadComplete();
        if (!read) {
            return;
        }
        boolean headBegun = decoded == null ? !known : !understood && !blind;
        if (!unfinished && !headBegun) {
            stopTimer();
        } else if (timer == null) {
            int before = headBegun ? requests : requests - 1;
            timer = context.executor().schedule(() -> end(context, before), timeMax.toNanos(), TimeUnit.NANOSECONDS);
        }
        read = false;
        understood = false;
        blind = false;
    }

    /** @param before how many requests came on this connection before the one that is too late */
    private void end(ChannelHandlerContext context, int before) {
        ByteBuf last =
                before == 0 ? Unpooled.copiedBuffer(TIMEOUT.formatted(date.now()), US_ASCII) : Unpooled.EMPTY_BUFFER;
        (decoded == null ? context : decoded).writeAndFlush(last).addListener(ChannelFutureListener.CLOSE);
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

    /** The server clears its pipeline when a connection is upgraded to HTTP/2 by its first request. */
    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        stopTimer();
    }

    /** Sees the parts of requests that the decoder has found. */
    private final class Decoded extends ChannelInboundHandlerAdapter {
        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            decoded = context;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object part) {
            understood = true;
            if (part instanceof HttpRequest request) {
                requests++;
                unfinished = true;
                HttpVersionCheck.mark(request);
            }
            if (part instanceof LastHttpContent) {
                unfinished = false;
            }
            context.fireChannelRead(part);
        }
    }

    /** Gives those replies their Date that the server makes without asking the service, such as 400 to what is no HTTP. */
    private final class Dated extends ChannelOutboundHandlerAdapter {
        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // it is the promise's
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            if (message instanceof HttpResponse response
                    && response.status().codeClass() != HttpStatusClass.INFORMATIONAL
                    && !response.headers().contains(HttpHeaderNames.DATE)) {
                response.headers().set(HttpHeaderNames.DATE, date.now());
            }
            context.write(message, promise);
        }
    }
}
