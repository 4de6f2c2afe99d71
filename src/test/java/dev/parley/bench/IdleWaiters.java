package dev.parley.bench;

import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.RunningParley;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * What it costs that many wait: the memory of each, and the latency of an ordinary request beside them. Half of them wait by long
 * poll and ask again when their time is up, half by event stream; then all of them by channels. At the end some get their answer, to
 * see that they do wait.
 */
public final class IdleWaiters {
    private static final int WAITERS = Integer.getInteger("parley.bench.waiters", 10_000);
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("parley.bench.seconds", 20));
    private static final int CONNECTIONS = 32;
    private static final int ANSWERS = 200;
    private static final int REQUESTS_PER_SECOND = 200;
    private static final long MICROS_MAX = TimeUnit.MINUTES.toMicros(1);

    private IdleWaiters() {}

    public static void main(String[] arguments) throws Exception {
        Markdown.head(
                "waiters",
                "by",
                "heap of each KB",
                "resident KB",
                "a GB of heap holds",
                "request p50 ms alone",
                "beside",
                "p99 ms alone",
                "beside",
                "answered of " + ANSWERS,
                "p50 ms",
                "p99 ms");
        measure(false);
        measure(true);
    }

    private static void measure(boolean channels) throws Exception {
        var loop = new NioEventLoopGroup(1);
        try (var folder = new TemporaryFolder();
                RunningParley parley = ParleyJar.in(folder.path())
                        .optimizing()
                        .withOption("-Xmx512m")
                        .with("PARLEY_WAITING_TOTAL", Integer.toString(WAITERS))
                        .with("PARLEY_WAITING_PER_CLIENT", Integer.toString(WAITERS))
                        .with("PARLEY_CHANNEL_TOTAL", Integer.toString(WAITERS))
                        .with("PARLEY_CHANNEL_PER_CLIENT", Integer.toString(WAITERS))
                        .start()) {
            List<SessionRequests> meetings = open(parley.uri());
            var traffic = new NativeHandshakes("beside");
            var memory = new ProcessMemory(parley.pid());
            steadily(parley.uri(), traffic);
            Histogram alone = steadily(parley.uri(), traffic);
            long liveBytes = memory.liveBytes();
            long residentBytes = memory.residentBytes();

            var crowd = new Crowd(parley.uri(), loop, channels);
            crowd.come(meetings);
            steadily(parley.uri(), traffic);
            Histogram beside = steadily(parley.uri(), traffic);
            long waiterBytes = (memory.liveBytes() - liveBytes) / WAITERS;
            long waiterResidentBytes = (memory.residentBytes() - residentBytes) / WAITERS;
            Histogram wakeUps = crowd.answerSome(meetings);

            Markdown.row(
                    "%,d".formatted(WAITERS),
                    channels ? "channel" : "poll, stream",
                    Markdown.figure(waiterBytes / 1024.0),
                    Markdown.figure(waiterResidentBytes / 1024.0),
                    "%,d".formatted((1L << 30) / Math.max(1, waiterBytes)),
                    Markdown.millis(alone, 50),
                    Markdown.millis(beside, 50),
                    Markdown.millis(alone, 99),
                    Markdown.millis(beside, 99),
                    wakeUps.getTotalCount(),
                    Markdown.millis(wakeUps, 50),
                    Markdown.millis(wakeUps, 99));
        } finally {
            loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    private static List<SessionRequests> open(URI server) throws InterruptedException {
        List<SessionRequests> meetings = IntStream.range(0, WAITERS)
                .mapToObj(number -> new SessionRequests("idle-" + number))
                .toList();
        Iterator<SessionRequests> next = meetings.iterator();
        new Load(server, CONNECTIONS).run(() -> next.next().open(), WAITERS);
        return meetings;
    }

    /** Requests at a steady rate; each is timed from when it was due, so that one that is late delays none in secret. */
    private static Histogram steadily(URI server, RequestSequence traffic) throws IOException {
        var latencies = new Histogram(MICROS_MAX, 3);
        long period = TimeUnit.SECONDS.toNanos(1) / REQUESTS_PER_SECOND;
        long begin = System.nanoTime();
        try (var connection = new Connection(server)) {
            for (long due = begin; due < begin + TIME.toNanos(); due += period) {
                park(due);
                LoadRequest call = traffic.next();
                connection.send(call);
                Connection.Reply reply = connection.receive(call);
                latencies.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - due));
                if (call.toldOf()) {
                    traffic.received(call, reply.status(), reply.body());
                }
            }
        }
        return latencies;
    }

    private static void park(long due) {
        for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
            LockSupport.parkNanos(wait);
        }
    }

    /** Those who wait, each on a connection of its own. */
    private static final class Crowd {
        private static final int CONNECTING_AT_ONCE = 100;
        private static final int HEAD_BYTES_MAX = 8_192;

        private final URI server;
        private final NioEventLoopGroup loop;
        private final boolean channels;
        private final ConcurrentHashMap<String, Long> answeredAt = new ConcurrentHashMap<>();
        private final CountDownLatch streaming;
        private final CountDownLatch answered = new CountDownLatch(ANSWERS);

        Crowd(URI server, NioEventLoopGroup loop, boolean channels) {
            this.server = server;
            this.loop = loop;
            this.channels = channels;
            this.streaming = new CountDownLatch(channels ? WAITERS : WAITERS / 2);
        }

        /**
         * They come evenly over the time of a wait, as those do who have nothing to do with each other: at once, they would ask again
         * at once for ever. Returns when every stream and watch has begun.
         */
        void come(List<SessionRequests> meetings) throws InterruptedException {
            Bootstrap client = new Bootstrap().group(loop).channel(NioSocketChannel.class);
            var connecting = new ArrayList<ChannelFuture>();
            long begin = System.nanoTime();
            for (int i = 0; i < meetings.size(); i++) {
                SessionRequests meeting = meetings.get(i);
                LoadRequest call = i % 2 == 0 ? meeting.longPoll() : meeting.stream();
                connecting.add(client.clone()
                        .handler(new ChannelInitializer<SocketChannel>() {
                            @Override
                            protected void initChannel(SocketChannel channel) {
                                if (channels) {
                                    channel.pipeline()
                                            .addLast(
                                                    new HttpClientCodec(),
                                                    new HttpObjectAggregator(HEAD_BYTES_MAX),
                                                    upgrade(),
                                                    new Watcher(meeting));
                                } else {
                                    channel.pipeline().addLast(new Waiter(meeting, request(call)));
                                }
                            }
                        })
                        .connect(server.getHost(), server.getPort()));
                if (connecting.size() == CONNECTING_AT_ONCE) {
                    for (var connection : connecting) {
                        connection.sync();
                    }
                    connecting.clear();
                    park(begin + SessionRequests.WAIT.toNanos() * (i + 1) / meetings.size());
                }
            }
            streaming.await();
        }

        /** Also replies to pings. */
        private WebSocketClientProtocolHandler upgrade() {
            return new WebSocketClientProtocolHandler(WebSocketClientProtocolConfig.newBuilder()
                    .webSocketUri("ws://" + server.getAuthority() + "/api/v1/channel")
                    .subprotocol("parley.v1")
                    .customHeaders(new DefaultHttpHeaders().add("Origin", SampleDescriptions.ORIGIN))
                    .generateOriginHeader(false)
                    .build());
        }

        private ByteBuf request(LoadRequest call) {
            var head = new StringBuilder("GET " + call.path() + " HTTP/1.1\r\nHost: " + server.getAuthority() + "\r\n");
            call.headers()
                    .forEach((name, value) ->
                            head.append(name).append(": ").append(value).append("\r\n"));
            return Unpooled.unreleasableBuffer(Unpooled.copiedBuffer(head.append("\r\n"), StandardCharsets.US_ASCII));
        }

        /** Answers some of the sessions, and returns how long it took those who wait to learn of it. */
        Histogram answerSome(List<SessionRequests> meetings) throws Exception {
            var random = new Random(1);
            var sentAt = new ConcurrentHashMap<String, Long>();
            try (var connection = new Connection(server)) {
                while (sentAt.size() < ANSWERS) {
                    SessionRequests meeting = meetings.get(random.nextInt(meetings.size()));
                    if (sentAt.putIfAbsent(meeting.code(), System.nanoTime()) == null) {
                        connection.send(meeting.answer());
                        connection.receive(meeting.answer());
                    }
                }
            }
            answered.await(5, TimeUnit.SECONDS);
            var latencies = new Histogram(MICROS_MAX, 3);
            answeredAt.forEach((code, at) -> latencies.recordValue(
                    Math.max(0, TimeUnit.NANOSECONDS.toMicros(at - sentAt.getOrDefault(code, at)))));
            return latencies;
        }

        @SuppressWarnings("FutureReturnValueIgnored") // what fails closes the connection, and then nobody is told
        private final class Watcher extends SimpleChannelInboundHandler<TextWebSocketFrame> {
            private final SessionRequests meeting;

            Watcher(SessionRequests meeting) {
                this.meeting = meeting;
            }

            @Override
            public void userEventTriggered(ChannelHandlerContext context, Object event) {
                if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
                    context.writeAndFlush(new TextWebSocketFrame(
                            "{\"id\":1,\"op\":\"watch\",\"after\":1,\"code\":\"" + meeting.code() + "\"}"));
                }
            }

            @Override
            protected void channelRead0(ChannelHandlerContext context, TextWebSocketFrame frame) {
                String text = frame.text();
                if (text.contains("\"answerer\"")) {
                    answeredAt.put(meeting.code(), System.nanoTime());
                    answered.countDown();
                } else if (text.contains("\"status\":200")) {
                    streaming.countDown();
                }
            }
        }

        @SuppressWarnings("FutureReturnValueIgnored") // what fails closes the connection, and then nobody is told
        private final class Waiter extends SimpleChannelInboundHandler<ByteBuf> {
            private final SessionRequests meeting;
            private final ByteBuf request;

            Waiter(SessionRequests meeting, ByteBuf request) {
                this.meeting = meeting;
                this.request = request;
            }

            @Override
            public void channelActive(ChannelHandlerContext context) {
                ask(context.channel());
            }

            @Override
            protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
                String text = bytes.toString(StandardCharsets.US_ASCII);
                if (text.contains("\"answerer\"")) {
                    answeredAt.put(meeting.code(), System.nanoTime());
                    answered.countDown();
                } else if (text.contains("\"events\":[]")) {
                    ask(context.channel());
                } else if (text.contains("retry: ")) {
                    streaming.countDown();
                }
            }

            private void ask(Channel channel) {
                channel.writeAndFlush(request.duplicate());
            }
        }
    }
}
