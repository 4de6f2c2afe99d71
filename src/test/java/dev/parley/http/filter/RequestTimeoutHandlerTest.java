package dev.parley.http.filter;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request must arrive in time, from its first byte to its last, however its bytes are divided; the next request has its own time. */
class RequestTimeoutHandlerTest {
    private static final int SECONDS_MAX = 10;
    private static final String WHOLE = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private final EmbeddedChannel connection = new EmbeddedChannel(
            new RequestTimeoutHandler(
                    Duration.ofSeconds(SECONDS_MAX), new HttpDate(InstantSource.fixed(Instant.EPOCH))),
            new DecoderToCome());

    @BeforeEach
    void freezeTime() {
        connection.freezeTime();
    }

    @AfterEach
    void release() {
        connection.finishAndReleaseAll();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "G",
                "P",
                "GET / HT",
                "GET / HTTP/1.1\r\nHost: a\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcd",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
            })
    void anIncompleteRequestGets408(String begun) {
        send(begun);
        pass(SECONDS_MAX - 1);
        assertThat(connection.isOpen()).isTrue();
        pass(1);

        assertThat(connection.isOpen()).isFalse();
        assertThat(reply())
                .startsWith("HTTP/1.1 408 ")
                .contains("Connection: close", "Date: Thu, 01 Jan 1970 00:00:00 GMT");
    }

    /** The server removes the handler when a connection is upgraded to HTTP/2. */
    @Test
    void anUpgradedConnectionIsNotClosed() {
        send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
        connection.pipeline().remove(RequestTimeoutHandler.class);
        pass(1000);

        assertThat(connection.isOpen()).isTrue();
        assertThat(reply()).isEmpty();
    }

    @Test
    void furtherBytesDoNotExtendTheTime() {
        for (int i = 0; i < SECONDS_MAX; i++) {
            send(WHOLE.substring(i, i + 1));
            pass(1);
        }

        assertThat(connection.isOpen()).isFalse();
        assertThat(reply()).startsWith("HTTP/1.1 408 ");
    }

    @Test
    void theTimeCoversHeadAndBody() {
        send("POST / HTTP/1.1\r\n");
        pass(SECONDS_MAX - 1);
        send("Content-Length: 5\r\n\r\nabcd");
        pass(1);

        assertThat(connection.isOpen()).isFalse();
        assertThat(reply()).startsWith("HTTP/1.1 408 ");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1000})
    void aCompleteRequestMayWaitForItsReply(int piece) {
        String request = "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcde";
        for (int i = 0; i < request.length(); i += piece) {
            send(request.substring(i, Math.min(request.length(), i + piece)));
        }
        pass(1000);

        assertThat(connection.isOpen()).isTrue();
        assertThat(reply()).isEmpty();
    }

    @Test
    void aConnectionWithoutBytesIsNotLate() {
        pass(1000);

        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void aLaterRequestHasItsOwnTimeAndGetsNoReply() {
        send(WHOLE);
        pass(1000);
        send("GET / HT");
        pass(SECONDS_MAX - 1);
        assertThat(connection.isOpen()).isTrue();
        pass(1);

        assertThat(connection.isOpen()).isFalse();
        assertThat(reply()).isEmpty();
    }

    @Test
    void pipelinedRequestsHaveTheirOwnTimes() {
        for (int i = 0; i < 5; i++) {
            send("GET / HT");
            pass(SECONDS_MAX - 1);
            send("TP/1.1\r\n\r\n" + WHOLE);
        }
        pass(1000);

        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void otherProtocolsAreIgnored() {
        send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        send("more bytes");
        pass(1000);

        assertThat(connection.isOpen()).isTrue();
    }

    private void send(String bytes) {
        connection.writeInbound(Unpooled.copiedBuffer(bytes, US_ASCII));
    }

    private void pass(int seconds) {
        connection.advanceTimeBy(seconds, TimeUnit.SECONDS);
        connection.runScheduledPendingTasks();
        connection.runPendingTasks();
    }

    private String reply() {
        ByteBuf bytes = connection.readOutbound();
        if (bytes == null) {
            return "";
        }
        try {
            return bytes.toString(US_ASCII);
        } finally {
            bytes.release();
        }
    }

    /** Adds the decoder, as the server does, when the bytes show that they are not HTTP/2. */
    private static final class DecoderToCome extends ChannelInboundHandlerAdapter {
        private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

        private final ByteBuf held = Unpooled.buffer();

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            held.writeBytes(bytes);
            bytes.release();
            String begun = held.toString(US_ASCII);
            boolean undecided = PREFACE.startsWith(begun) || begun.startsWith(PREFACE);
            if (!undecided) {
                context.pipeline().addLast(RequestTimeoutHandler.DECODER, new HttpRequestDecoder());
                context.pipeline().addLast(RequestTimeoutHandler.ENCODER, new HttpResponseEncoder());
                context.pipeline().remove(this);
                context.fireChannelRead(held);
            }
        }
    }
}
