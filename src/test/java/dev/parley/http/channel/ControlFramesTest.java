package dev.parley.http.channel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pings of a client that does not read the replies. */
class ControlFramesTest {
    private record Pong(String content, ChannelPromise sent) {}

    private final List<Pong> pongs = new ArrayList<>();
    private final List<ByteBuf> pings = new ArrayList<>();
    private boolean open = true;
    private int received;

    private final EmbeddedChannel connection = new EmbeddedChannel(
            new ChannelOutboundHandlerAdapter() {
                @Override
                public void write(ChannelHandlerContext context, Object frame, ChannelPromise sent) {
                    var pong = (PongWebSocketFrame) frame;
                    pongs.add(new Pong(pong.content().toString(UTF_8), sent));
                    pong.release();
                }
            },
            new ControlFrames(
                    () -> {
                        received++;
                        return open;
                    },
                    code -> {}));

    private void ping(String content) {
        ByteBuf bytes = Unpooled.copiedBuffer(content, UTF_8);
        pings.add(bytes);
        connection.writeInbound(new PingWebSocketFrame(bytes));
    }

    @Test
    void onePongWaitsAtMostAndTheLastPingIsRepliedTo() {
        for (int i = 0; i < 1_000; i++) {
            ping("ping " + i);
        }
        assertThat(received).isEqualTo(1_000);
        assertThat(pongs).extracting(Pong::content).containsExactly("ping 0");
        assertThat(pings.stream().filter(ping -> ping.refCnt() > 0)).hasSize(1);

        pongs.get(0).sent().setSuccess();
        pongs.get(1).sent().setSuccess();

        assertThat(pongs).extracting(Pong::content).containsExactly("ping 0", "ping 999");
        assertThat(pings).allMatch(ping -> ping.refCnt() == 0);
    }

    @Test
    void aClosedChannelDoesNotReply() {
        open = false;
        ping("late");
        open = true;
        ping("first");
        ping("second");

        pongs.get(0).sent().setFailure(new IllegalStateException("closed"));

        assertThat(pongs).extracting(Pong::content).containsExactly("first");
        assertThat(pings).allMatch(ping -> ping.refCnt() == 0);
    }
}
