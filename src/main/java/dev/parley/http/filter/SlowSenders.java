package dev.parley.http.filter;

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
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps connections from being used up: there may be so many at once, and each is watched by an {@link RequestTimeoutHandler}, which cuts off who
 * sends so slowly that a request does not arrive in its time.
 *
 * <p>The framework knows only how long a connection may be silent, and one byte now and then is not silence; and it counts only
 * connections that have sent something. Nor does it offer a
 * place among the handlers of a connection; so the servers are looked up where they are registered, on the loops that accept.
 */
@Singleton
public final class SlowSenders {
    private static final String NAME = "parley-slow-senders";

    private final Vertx vertx;
    private final Duration timeMax;
    private final int connectionsMax;
    private final HttpDate date;
    private final AtomicInteger connections = new AtomicInteger();

    public SlowSenders(Vertx vertx, FilterConfig config, HttpDate date) {
        this.vertx = vertx;
        this.timeMax = config.arrivalMax();
        this.connectionsMax = config.connectionsMax();
        this.date = date;
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
        public void channelRead(ChannelHandlerContext context, Object accepted) {
            var connection = (Channel) accepted;
            if (connections.incrementAndGet() > connectionsMax) {
                connections.decrementAndGet();
                connection.unsafe().closeForcibly(); // it belongs to no loop yet that could close it
                return;
            }
            connection.closeFuture().addListener(closed -> connections.decrementAndGet());
            connection.pipeline().addFirst(new RequestTimeoutHandler(timeMax, date));
            context.fireChannelRead(connection);
        }
    }
}
