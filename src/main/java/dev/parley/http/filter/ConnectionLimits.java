package dev.parley.http.filter;

import dev.parley.http.HttpConfig;
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
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Limits the number of connections, and the time in which their requests arrive, by a {@link RequestTimeoutHandler} each.
 *
 * <p>The framework only limits how long a connection is idle, and counts only connections that have sent something. It has no hook
 * for handlers of a connection, so the server channels are looked up on the event loops that accept connections.
 */
@Singleton
public final class ConnectionLimits {
    private static final String NAME = "parley-connection-limits";

    private final Vertx vertx;
    private final HttpConfig config;
    private final HttpDate date;
    private final AtomicInteger connections = new AtomicInteger();

    public ConnectionLimits(Vertx vertx, HttpConfig config, HttpDate date) {
        this.vertx = vertx;
        this.config = config;
        this.date = date;
    }

    void install(@ObservesAsync HttpServerStart started) {
        for (EventExecutor loop : ((VertxInternal) vertx).getAcceptorEventLoopGroup()) {
            loop.execute(() ->
                    ((SingleThreadEventLoop) loop).registeredChannelsIterator().forEachRemaining(this::install));
        }
    }

    private void install(Channel channel) {
        if (channel instanceof ServerChannel && channel.pipeline().get(NAME) == null) {
            channel.pipeline().addFirst(NAME, new Acceptor());
        }
    }

    /** Receives the accepted connections, which are what a server channel reads. */
    private final class Acceptor extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object accepted) {
            var connection = (Channel) accepted;
            if (connections.incrementAndGet() > config.connectionsMax()) {
                connections.decrementAndGet();
                connection.unsafe().closeForcibly(); // no event loop that could close it owns it yet
                return;
            }
            connection.closeFuture().addListener(closed -> connections.decrementAndGet());
            connection.pipeline().addFirst(new RequestTimeoutHandler(config.arrivalMax(), date));
            context.fireChannelRead(connection);
        }
    }
}
