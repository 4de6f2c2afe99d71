package dev.parley.http.channel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Replies to pings, and closes a channel with a code when the decoder finds an invalid frame.
 *
 * <p>One pong waits to be sent at most; of the pings received meanwhile, only the last one is replied to (RFC 6455, section 5.5.3). The
 * framework would keep a pong for each, whether or not the client reads. It would only close the connection for an invalid frame. The
 * decoder discards what follows, so a client that still sends receives the code.
 */
final class ControlFrames extends ChannelInboundHandlerAdapter {
    private final BooleanSupplier received;
    private final Consumer<CloseCode> close;
    private boolean sending;

    /** The content of the last ping that is not replied to. */
    private @Nullable ByteBuf unreplied;

    /** @param received called for each frame; whether pings are still replied to */
    ControlFrames(BooleanSupplier received, Consumer<CloseCode> close) {
        this.received = received;
        this.close = close;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
        boolean open = received.getAsBoolean();
        if (frame instanceof PingWebSocketFrame ping) {
            discardUnreplied();
            unreplied = ping.content();
            if (open) {
                reply(context);
            } else {
                discardUnreplied();
            }
        } else if (frame instanceof PongWebSocketFrame pong) {
            pong.release();
        } else {
            context.fireChannelRead(frame);
        }
    }

    private void reply(ChannelHandlerContext context) {
        if (!sending && unreplied != null) {
            sending = true;
            var pong = new PongWebSocketFrame(unreplied);
            unreplied = null;
            context.writeAndFlush(pong).addListener(sent -> sent(context, sent));
        }
    }

    private void sent(ChannelHandlerContext context, Future<?> pong) {
        sending = false;
        if (pong.isSuccess()) {
            reply(context);
        } else {
            discardUnreplied();
        }
    }

    private void discardUnreplied() {
        if (unreplied != null) {
            unreplied.release();
            unreplied = null;
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        discardUnreplied();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof CorruptedWebSocketFrameException invalid) {
            boolean tooLarge = invalid.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG);
            close.accept(tooLarge ? CloseCode.TOO_LARGE : CloseCode.INVALID_FRAME);
        } else {
            context.fireExceptionCaught(cause);
        }
    }
}
