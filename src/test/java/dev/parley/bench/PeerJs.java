package dev.parley.bench;

import static org.awaitility.Awaitility.await;

import dev.parley.FreePort;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * PeerJS's own server, to compare with: it relays between WebSockets, and keeps nothing. It is there where Node.js is on the PATH
 * and {@code npm install --prefix target/peerjs peer} was run; {@code -Dparley.bench.peerjs=} names another folder.
 */
record PeerJs(Process process, int port) implements AutoCloseable {
    private static final Path FOLDER = Path.of(System.getProperty("parley.bench.peerjs", "target/peerjs"));
    private static final Path SERVER = FOLDER.resolve("node_modules/peer/dist/bin/peerjs.js");
    private static final Duration START_MAX = Duration.ofSeconds(30);
    private static final int REPLY_BYTES_MAX = 1 << 20;

    /** The server, or nothing where it is not installed, which is said. */
    static Optional<PeerJs> start() throws IOException {
        if (!Files.exists(SERVER)) {
            Markdown.line(
                    "PeerJS's server is skipped: %s is not there (npm install --prefix %s peer)%n", SERVER, FOLDER);
            return Optional.empty();
        }
        int port = FreePort.choose();
        try {
            Process process = new ProcessBuilder("node", SERVER.toString(), "--port", Integer.toString(port))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            await("PeerJS listens").atMost(START_MAX).until(() -> listens(port));
            return Optional.of(new PeerJs(process, port));
        } catch (IOException e) {
            Markdown.line("PeerJS's server is skipped, for want of Node.js: %s%n", e);
            return Optional.empty();
        }
    }

    private static boolean listens(int port) throws IOException {
        try (var probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return probe.isConnected();
        } catch (ConnectException e) {
            return false;
        }
    }

    /** Connects a peer; returns when the server has taken it in. */
    Channel peer(String id, EventLoopGroup loop, Consumer<String> heard) throws InterruptedException {
        var address =
                URI.create("ws://127.0.0.1:" + port + "/peerjs?key=peerjs&version=1.5&id=" + id + "&token=of-" + id);
        var open = new CountDownLatch(1);
        var handshake = WebSocketClientHandshakerFactory.newHandshaker(
                address, WebSocketVersion.V13, null, false, new DefaultHttpHeaders());
        Channel channel = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(new HttpClientCodec(), new HttpObjectAggregator(REPLY_BYTES_MAX))
                                .addLast(new WebSocketClientProtocolHandler(handshake))
                                .addLast(new SimpleChannelInboundHandler<TextWebSocketFrame>() {
                                    @Override
                                    protected void channelRead0(
                                            ChannelHandlerContext context, TextWebSocketFrame frame) {
                                        String text = frame.text();
                                        if (text.startsWith("{\"type\":\"OPEN\"")) {
                                            open.countDown();
                                        } else {
                                            heard.accept(text);
                                        }
                                    }
                                });
                    }
                })
                .connect("127.0.0.1", port)
                .sync()
                .channel();
        if (!open.await(START_MAX.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("PeerJS took peer " + id + " not in");
        }
        return channel;
    }

    /** Sends a message of {@code type} to the peer {@code to}. */
    @SuppressWarnings("FutureReturnValueIgnored") // what fails is a message that does not arrive
    static void send(Channel peer, String type, String to, String payload) {
        peer.writeAndFlush(new TextWebSocketFrame(
                "{\"type\":\"" + type + "\",\"dst\":\"" + to + "\",\"payload\":" + payload + "}"));
    }

    static String description(String type) {
        return "{\"sdp\":{\"type\":\"" + type + "\",\"sdp\":" + SampleDescriptions.SDP + "},\"connectionId\":\"c\"}";
    }

    static String candidate(String side, int number) {
        return "{\"candidate\":" + SampleDescriptions.candidate(side, number) + ",\"connectionId\":\"c\"}";
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
