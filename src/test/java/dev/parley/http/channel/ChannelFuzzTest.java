package dev.parley.http.channel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.CampaignSize;
import dev.parley.TestSeed;
import dev.parley.contract.SqliteProfile;
import dev.parley.http.ChannelClient;
import dev.parley.waiting.WaitRegistry;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever frames arrive on channels, no reply is an internal error, and when the channels are closed nothing of them is left: no watch, no
 * waiting request, no count of the client, no buffer.
 */
@Tag("campaign")
@QuarkusTest
@TestProfile(SqliteProfile.class)
@SuppressWarnings("NullAway.Init") // the container fills the fields
class ChannelFuzzTest {
    private static final int CHANNELS = CampaignSize.of("parley.fuzz.channels", 3_000);
    private static final int FRAMES_MAX = 30;
    private static final int FINAL = 0x80;
    private static final int CONTINUATION = 0;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final String[] INTERNALS = {
        "exception", "java.", "io.vertx", "io.netty", "jackson", "sqlite", "\\tat "
    };
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final List<String> MESSAGES = List.of(
            "{'id':1,'op':'hello','namespace':'fuzz'}",
            "{'id':2,'op':'open','token':'the-own-secret-of-A','body':{'offer':'o','code':'C','topic':'T','candidates':['c1']}}",
            "{'id':3,'op':'open','body':{'offer':'o','ttl':300.0,'tags':['t'],'end':true}}",
            "{'id':'x','op':'answer','code':'C','token':'the-own-secret-of-B','body':{'answer':'a'}}",
            "{'op':'trickle','code':'C','token':'the-own-secret-of-A','body':{'candidates':['c2',{'candidate':'c3'}]},'id':5}",
            "{'body':{'candidates':['c4']},'op':'trickle','code':'C','token':'the-own-secret-of-B','id':6}",
            "{'id':7,'op':'restart','code':'C','token':'the-own-secret-of-A','ifMatch':'*','body':{'offer':'o2'}}",
            "{'id':8,'op':'extend','code':'C','token':'the-own-secret-of-A','body':{'ttl':600}}",
            "{'id':9,'op':'close','code':'C','token':'the-own-secret-of-A'}",
            "{'id':10,'op':'read','code':'C'}",
            "{'id':11,'op':'read','code':'C','after':0,'limit':2,'bookmark':'first-unconstrained'}",
            "{'id':12,'op':'find','topic':'T','tag':'t','limit':1}",
            "{'id':13,'op':'watch','code':'C','after':1}",
            "{'id':14,'op':'watch','topic':'T'}",
            "{'id':15,'op':'unwatch','code':'C'}",
            "{'id':16,'op':'unwatch','topic':'T'}",
            "{'id':17,'op':'ice-servers'}");

    private Random random;
    private final Map<Integer, Integer> statuses = new TreeMap<>();
    private int closedByService;

    @Inject
    Channels channels;

    @Inject
    WaitRegistry waits;

    @BeforeEach
    void seed() {
        random = TestSeed.of(ChannelFuzzTest.class).random();
    }

    @Test
    void noFramesMakeTheChannelFailAndNothingIsLeftOfThem() throws IOException {
        ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
        try (var errors = new LoggedErrors()) {
            ResourceLeakDetector.setLevel(Level.PARANOID);
            for (int i = 0; i < CHANNELS && errors.found.isEmpty(); i++) {
                converse();
            }
            await("all channels are closed").until(channels::isEmpty);
            await("no watch is left").until(() -> waits.size() == 0);
            collectGarbage();
            assertThat(errors.found).isEmpty();
        } finally {
            ResourceLeakDetector.setLevel(before);
        }
        try (ChannelClient channel = ChannelClient.open()) {
            channel.call("find").is(200);
        }
        assertThat(statuses.keySet()).as("messages reach far enough").contains(200, 201, 204, 400, 404);
        System.out.printf(
                "ChannelFuzzTest: %d channels, %d of them closed by the service; statuses %s%n",
                CHANNELS, closedByService, statuses);
    }

    /** Buffers that were collected without a release are reported at a later allocation. */
    private static void collectGarbage() {
        for (int i = 0; i < 3; i++) {
            System.gc();
            try (ChannelClient channel = ChannelClient.open()) {
                channel.call("find").is(200);
            }
        }
    }

    private void converse() throws IOException {
        try (var channel = new RawChannel("127.0.0.1")) {
            try {
                int frames = 1 + random.nextInt(FRAMES_MAX);
                for (int i = 0; i < frames; i++) {
                    channel.send(next());
                }
                if (random.nextBoolean()) {
                    return; // without a word
                }
                channel.sendText("{\"id\":\"last\",\"op\":\"find\"}");
            } catch (IOException closed) {
                // the replies before are still read
            }
            String text = channel.nextText();
            while (text != null && !text.contains("\"id\":\"last\"")) {
                verify(text);
                text = channel.nextText();
            }
            closedByService += text == null ? 1 : 0;
        }
    }

    private void verify(String text) throws IOException {
        assertThat(text.toLowerCase(Locale.ROOT)).doesNotContain(INTERNALS);
        JsonNode message = JSON.readTree(text);
        assertThat(message.isObject()).as(text).isTrue();
        if (message.has("status")) {
            int status = message.path("status").intValue();
            assertThat(status).as(text).isLessThan(500);
            statuses.merge(status, 1, Integer::sum);
        } else {
            assertThat(message.has("events") || message.has("opened") || message.has("gone") || message.has("synced"))
                    .as(text)
                    .isTrue();
        }
    }

    private byte[] next() {
        return switch (random.nextInt(120)) {
            case 0 -> frame(FINAL | RawChannel.BINARY, message());
            case 1 -> frame(FINAL | RawChannel.TEXT, new byte[] {'{', (byte) 0xc3, '}'});
            case 2 -> frame(FINAL | CONTINUATION, message()); // of no message
            case 3 -> frame(RawChannel.TEXT, message()); // the next text frame is no continuation
            case 4 -> frame(FINAL | random.nextInt(16), message()); // any opcode
            case 5 -> frame(random.nextInt(256), message()); // any first byte
            case 6 -> frame(FINAL | PING, new byte[126 + random.nextInt(100)]); // too long
            case 7 -> RawChannel.frame(RawChannel.TEXT, false, message());
            case 8 -> random(1 + random.nextInt(300));
            case 9 -> frame(FINAL | RawChannel.CLOSE, random(random.nextInt(10)));
            case 10 ->
                new byte[] {(byte) (FINAL | RawChannel.TEXT), (byte) 0xff, 0x7f, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4};
            case 11 -> frame(FINAL | RawChannel.TEXT, new byte[262_144 + random.nextInt(2)]);
            case 12 -> frame(FINAL | RawChannel.TEXT, nested());
            case 13, 14 -> frame(FINAL | PONG, random(random.nextInt(126)));
            case 15, 16, 17 -> frame(FINAL | PING, random(random.nextInt(126)));
            case 18, 19, 20, 21, 22, 23, 24, 25, 26, 27 -> inParts(message());
            case 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40 ->
                frame(FINAL | RawChannel.TEXT, damaged(message()));
            default -> frame(FINAL | RawChannel.TEXT, message());
        };
    }

    private byte[] message() {
        return MESSAGES.get(random.nextInt(MESSAGES.size()))
                .replace('\'', '"')
                .replace("\"C\"", "\"fuzz-" + random.nextInt(20) + "\"")
                .replace("\"T\"", "\"topic-" + random.nextInt(3) + "\"")
                .getBytes(UTF_8);
    }

    /** In text of any depth. */
    private byte[] nested() {
        int depth = 1 + random.nextInt(20_000);
        String[] brackets = random.nextBoolean() ? new String[] {"[", "]"} : new String[] {"{\"a\":", "}"};
        String value = brackets[0].repeat(depth) + "1" + brackets[1].repeat(depth);
        String head = random.nextBoolean() ? "{\"id\":1,\"op\":\"open\",\"body\":" : "{\"x\":";
        return (head + value + "}").getBytes(UTF_8);
    }

    private byte[] inParts(byte[] message) {
        var frames = new ByteArrayOutputStream();
        int opcode = RawChannel.TEXT;
        int from = 0;
        while (from < message.length) {
            int to = Math.min(message.length, from + random.nextInt(message.length));
            frames.writeBytes(
                    frame(opcode | (to == message.length ? FINAL : 0), Arrays.copyOfRange(message, from, to)));
            if (random.nextInt(4) == 0) {
                frames.writeBytes(frame(FINAL | PING, new byte[0]));
            }
            opcode = CONTINUATION;
            from = to;
        }
        return frames.toByteArray();
    }

    /** Some bytes changed, removed, doubled or inserted. */
    private byte[] damaged(byte[] message) {
        byte[] damaged = message;
        do {
            int at = random.nextInt(damaged.length);
            int end = Math.min(damaged.length, at + random.nextInt(8));
            var copy = new ByteArrayOutputStream();
            copy.write(damaged, 0, at);
            switch (random.nextInt(4)) {
                case 0 -> copy.write(random.nextInt(128));
                case 1 -> copy.write(damaged, at, end - at);
                case 2 -> copy.writeBytes("\"\\ud800".getBytes(UTF_8));
                default -> at = end;
            }
            copy.write(damaged, at, damaged.length - at);
            damaged = copy.toByteArray();
        } while (random.nextBoolean() && damaged.length > 0);
        return damaged;
    }

    private byte[] frame(int first, byte[] payload) {
        byte[] frame = RawChannel.frame(RawChannel.TEXT, true, payload);
        frame[0] = (byte) first;
        return frame;
    }

    private byte[] random(int length) {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** The errors that are logged, among them the reports of Netty's leak detector. */
    private static final class LoggedErrors extends Handler implements AutoCloseable {
        private final List<String> found = new CopyOnWriteArrayList<>();
        private final Logger root = Logger.getLogger("");

        LoggedErrors() {
            root.addHandler(this);
        }

        @Override
        public void publish(@Nullable LogRecord line) {
            if (line != null && line.getLevel().intValue() >= java.util.logging.Level.SEVERE.intValue()) {
                found.add(line.getMessage() + " " + line.getThrown());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            root.removeHandler(this);
        }
    }
}
