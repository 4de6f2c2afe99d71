package dev.parley.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.quarkus.vertx.http.HttpServerStart;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Singleton;
import java.time.Duration;

/**
 * Cuts off who sends so slowly that a request does not arrive in its time: each connection that is accepted is watched by an
 * {@link Arrival}.
 *
 * <p>The framework knows only how long a connection may be silent, and one byte now and then is not silence. Nor does it offer a
 * place among the handlers of a connection; so the servers are looked up where they are registered, on the loops that accept.
 */
@Singleton
public final class SlowSenders {
    private static final String NAME = "parley-slow-senders";

    private final Vertx vertx;
    private final Duration timeMax;

    public SlowSenders(Vertx vertx, HttpSettings settings) {
        this.vertx = vertx;
        this.timeMax = settings.arrivalMax();
    }

    void watch(@ObservesAsync HttpServerStart started) {
        for (EventExecutor loop : ((VertxInternal) vertx).getAcceptorEventLoopGroup()) {
            loop.execute(() ->
                    ((SingleThreadEventLoop) loop).registeredChannelsIterator().forEachRemaining(this::watch));
        }
    }

    private void watch(Channel channel) {
        if (channel instanceof ServerChannel && channel.pipeline().get(NAME) == null) {
            channel.pipeline().addFirst(NAME, new OnAccept());
        }
    }

    /** What a server channel reads is connections. */
    private final class OnAccept extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object connection) {
            ((Channel) connection).pipeline().addFirst(new Arrival(timeMax));
            context.fireChannelRead(connection);
        }
    }
}
