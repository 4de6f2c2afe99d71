package dev.parley.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A closed loop: some connections, one thread, and on each connection the next request follows the reply to the one before.
 */
public final class Load {
    private static final int REPLY_BYTES_MAX = 1 << 22;
    private static final long LATENCY_MICROS_MAX = TimeUnit.MINUTES.toMicros(1);

    private final URI server;
    private final int connections;

    public Load(URI server, int connections) {
        this.server = server;
        this.connections = connections;
    }

    /** Sends {@code traffic} for {@code time}. */
    public LoadResult run(RequestSequence traffic, Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        return run(traffic, () -> System.nanoTime() < end);
    }

    /** Sends {@code count} requests of {@code traffic}. */
    LoadResult run(RequestSequence traffic, long count) throws InterruptedException {
        var sent = new long[1];
        return run(traffic, () -> sent[0]++ < count);
    }

    private LoadResult run(RequestSequence traffic, Going going) throws InterruptedException {
        var loop = new NioEventLoopGroup(1);
        var done = new CountDownLatch(connections);
        var latencies = new Histogram(LATENCY_MICROS_MAX, 3);
        var failures = new long[1];
        long begin = System.nanoTime();
        try {
            Bootstrap client = new Bootstrap().group(loop).channel(NioSocketChannel.class);
            client.handler(new ChannelInitializer<SocketChannel>() {
                @Override
                protected void initChannel(SocketChannel channel) {
                    channel.pipeline()
                            .addLast(new HttpClientCodec(), new HttpObjectAggregator(REPLY_BYTES_MAX))
                            .addLast(new Peer(traffic, going, latencies, failures, done));
                }
            });
            for (int i = 0; i < connections; i++) {
                client.connect(server.getHost(), server.getPort()).sync();
            }
            done.await();
            return new LoadResult(Duration.ofNanos(System.nanoTime() - begin), latencies, failures[0]);
        } finally {
            loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    @FunctionalInterface
    private interface Going {
        boolean on();
    }

    /** One connection. All of them run on the loop's one thread, so what they share needs no lock. */
    @SuppressWarnings("FutureReturnValueIgnored") // what fails closes the connection, and that is seen
    private final class Peer extends SimpleChannelInboundHandler<FullHttpResponse> {
        private final RequestSequence traffic;
        private final Going going;
        private final Histogram latencies;
        private final long[] failures;
        private final CountDownLatch done;
        private @Nullable LoadRequest call;
        private long sentAt;

        Peer(RequestSequence traffic, Going going, Histogram latencies, long[] failures, CountDownLatch done) {
            this.traffic = traffic;
            this.going = going;
            this.latencies = latencies;
            this.failures = failures;
            this.done = done;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            sendNext(context.channel());
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpResponse reply) {
            latencies.recordValue(
                    Math.min(LATENCY_MICROS_MAX, TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - sentAt)));
            int status = reply.status().code();
            if (call != null && !call.statuses().contains(status)) {
                failures[0]++;
            }
            if (call != null && call.toldOf()) {
                traffic.received(call, status, reply.content().toString(StandardCharsets.UTF_8));
            }
            sendNext(context.channel());
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            done.countDown();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            failures[0]++;
            context.close();
        }

        private void sendNext(Channel channel) {
            if (!going.on()) {
                channel.close();
                return;
            }
            LoadRequest next = traffic.next();
            ByteBuf body = channel.alloc().buffer(next.body().length());
            ByteBufUtil.writeUtf8(body, next.body());
            FullHttpRequest request =
                    new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, next.method(), next.path(), body);
            request.headers().set(HttpHeaderNames.HOST, server.getAuthority());
            next.headers().forEach((name, value) -> request.headers().set(name, value));
            if (body.isReadable()) {
                request.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
                request.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
            }
            call = next;
            sentAt = System.nanoTime();
            channel.writeAndFlush(request);
        }
    }
}
