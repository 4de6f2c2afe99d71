package dev.parley.http.channel;

import static dev.parley.http.TestClient.object;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.LogCapture;
import dev.parley.http.ChannelClient;
import dev.parley.http.HttpSession;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The bounds of a channel and of their number, and the code with which each breach closes it. */
@QuarkusTest
@TestProfile(ChannelLimitsProfile.class)
@SuppressWarnings("NullAway.Init") // the container fills the fields
class ChannelBoundsTest {
    private static final String ADDRESS = "192.0.2.1";

    @Inject
    Channels channels;

    @Inject
    MeterRegistry registry;

    private final List<ChannelClient> open = new ArrayList<>();

    @BeforeEach
    void noChannelIsOpen() {
        await().until(() -> channels.size() == 0);
    }

    @AfterEach
    void close() {
        open.forEach(ChannelClient::close);
    }

    private ChannelClient open(String address) {
        ChannelClient client = ChannelClient.open(List.of("parley.v1"), "X-Forwarded-For", address);
        open.add(client);
        return client;
    }

    private void isRefused(String address, int status) {
        assertThatThrownBy(() -> open(address)).hasStackTraceContaining(Integer.toString(status));
    }

    @Test
    void theChannelsOfAClientAndInTotalAreLimited() {
        for (int i = 0; i < ChannelLimitsProfile.PER_CLIENT; i++) {
            open(ADDRESS);
        }
        isRefused(ADDRESS, 429);
        for (int i = ChannelLimitsProfile.PER_CLIENT; i < ChannelLimitsProfile.TOTAL; i++) {
            open("192.0.2.2");
        }
        isRefused("192.0.2.3", 503);
        assertThat(channels.size()).isEqualTo(ChannelLimitsProfile.TOTAL);

        open.get(0).close();

        await().until(() -> channels.size() == ChannelLimitsProfile.TOTAL - 1);
        open(ADDRESS).call("find").is(200);
    }

    @Test
    void theWatchesOfAChannelAreLimited() {
        ChannelClient client = open(ADDRESS);
        var body = object("offer", "an offer");
        String first = client.call("open", "body", body).is(201).textAt("/body/code");
        for (int i = 1; i < ChannelLimitsProfile.WATCHES; i++) {
            client.call("open", "body", body).is(201);
        }

        client.call("open", "body", body).isProblem(429, "too-many-waits").at("/retryAfter");
        assertThat(client.hasPushed()).as("that a watch has ended").isFalse();
        client.call("watch", "code", first).is(200);
        client.call("unwatch", "code", first).is(204);
        client.call("open", "body", body).is(201);
    }

    @Test
    void requestsBeyondThoseInFlightWait() {
        ChannelClient client = open(ADDRESS);
        var sent = new ArrayList<CompletableFuture<JsonNode>>();
        for (int i = 0; i < 10 * ChannelLimitsProfile.IN_FLIGHT; i++) {
            sent.add(client.send(i % 4 == 0 ? "find" : "ice-servers"));
        }

        sent.forEach(reply -> ChannelClient.reply(reply).is(200));
    }

    @Test
    void failedLookupsAreLimited() {
        ChannelClient client = open("192.0.2.9");
        for (int i = 0; i < ChannelLimitsProfile.MISSES; i++) {
            client.call("read", "code", HttpSession.newCode()).isProblem(404, "session-not-found");
        }

        client.call("read", "code", HttpSession.newCode())
                .isProblem(429, "too-many-guesses")
                .at("/retryAfter");
    }

    @Test
    void aClientThatDoesNotReadIsClosed() throws IOException {
        String code = HttpSession.newCode();
        open(ADDRESS)
                .call("open", "body", object("code", code, "offer", "x".repeat(65_000)))
                .is(201);
        try (var slow = new RawChannel(ADDRESS)) {
            for (int i = 0; i < 200; i++) {
                slow.sendText("{\"id\":" + i + ",\"op\":\"read\",\"code\":\"" + code + "\"}");
            }
            await().atMost(Duration.ofSeconds(40)) // shorter than a connection may be idle
                    .until(() -> channels.size() == 1);
        }
    }

    @Test
    void aClientThatReadsReceivesAllRepliesHoweverLarge() {
        ChannelClient client = open(ADDRESS);
        var codes = new ArrayList<String>();
        for (int i = 0; i < ChannelLimitsProfile.IN_FLIGHT; i++) {
            codes.add(openLarge(client));
        }
        var sent = new ArrayList<CompletableFuture<JsonNode>>();
        for (int i = 0; i < 5 * codes.size(); i++) {
            sent.add(client.send("read", "code", codes.get(i % codes.size())));
        }

        sent.forEach(reply -> ChannelClient.reply(reply).is(200));
    }

    /** Opens a session of one megabyte that is not watched. */
    private static String openLarge(ChannelClient client) {
        String code = HttpSession.newCode();
        String token = HttpSession.newToken();
        client.call("open", "token", token, "body", object("code", code, "offer", "an offer"))
                .is(201);
        client.call("unwatch", "code", code).is(204);
        for (int i = 0; i < 5; i++) {
            client.call("trickle", "code", code, "token", token, "body", object("candidates", largeCandidates(i)))
                    .is(201);
        }
        return code;
    }

    private static List<String> largeCandidates(int number) {
        return IntStream.range(0, 50)
                .mapToObj(i -> number + "-" + i + "-" + "c".repeat(4_000))
                .toList();
    }

    @Test
    void aClientThatOnlyPingsAndDoesNotReadIsClosed() throws IOException {
        byte[] ping = RawChannel.frame(9, true, new byte[125]);
        try (var flood = new RawChannel(ADDRESS)) {
            while (channels.size() > 0) {
                flood.send(ping);
            }
        } catch (SocketException closed) {
            await().until(() -> channels.size() == 0);
        }
    }

    @Test
    void aChannelWithoutPongIsClosed() throws IOException {
        try (var silent = new RawChannel(ADDRESS)) {
            assertThat(silent.closeCode()).isEqualTo(4408);
        }
    }

    @Test
    void eachRequestIsLoggedAndCountedByItsOperation() {
        Counter found = registry.get("parley.channel.messages")
                .tag("op", "find")
                .tag("status", "2xx")
                .counter();
        Counter closed =
                registry.get("parley.channel.closes").tag("code", "1003").counter();
        double before = found.count();
        double closedBefore = closed.count();
        try (LogCapture log = LogCapture.at("dev.parley.access")) {
            ChannelClient client = open(ADDRESS);
            client.call("find", "topic", "a-secret").is(200);
            client.sendBinary(new byte[1]);
            client.closeCode();

            await().until(() -> closed.count() > closedBefore);
            assertThat(found.count()).isEqualTo(before + 1);
            assertThat(log.messages())
                    .anyMatch(line -> line.matches(ADDRESS + " GET /api/v1/channel 101 0 bytes [0-9.]+ ms"))
                    .anyMatch(line -> line.matches(ADDRESS + " CHANNEL find 200 [1-9][0-9]+ bytes [0-9.]+ ms"))
                    .noneMatch(line -> line.contains("a-secret"));
        }
    }

    @Test
    void anIdleChannelStaysOpen() {
        ChannelClient idle = open(ADDRESS);

        await().until(() -> idle.pings() > 3); // longer than a request may take to arrive

        idle.call("find").is(200);
    }

    @Test
    void aFrameThatDoesNotArriveIsNotAwaitedForLong() throws IOException {
        try (var slow = new RawChannel(ADDRESS)) {
            byte[] frame = RawChannel.frame(RawChannel.TEXT, true, new byte[200]);
            slow.send(Arrays.copyOf(frame, 100));

            slow.closeCode();

            await().until(() -> channels.size() == 0);
        }
    }

    @Test
    void aMessageWhoseLastPartDoesNotArriveIsNotAwaitedForLong() {
        ChannelClient slow = open(ADDRESS); // it replies to pings
        slow.sendFirstPart("{");

        assertThat(slow.closeCode()).isEqualTo(1008);
    }

    @Test
    void invalidFramesCloseTheChannel() throws IOException {
        assertThat(closeCodeAfter(RawChannel.frame(RawChannel.TEXT, true, new byte[] {'"', (byte) 0xc3, '"'})))
                .isEqualTo(1007);
        assertThat(closeCodeAfter(RawChannel.frame(RawChannel.TEXT, false, "{}".getBytes(UTF_8))))
                .as("unmasked")
                .isEqualTo(1002);
        assertThat(closeCodeAfter(RawChannel.frame(RawChannel.TEXT, true, new byte[262_145])))
                .isEqualTo(1009);
        assertThat(closeCodeAfter(RawChannel.frame(RawChannel.BINARY, true, new byte[2])))
                .isEqualTo(1003);
    }

    private static int closeCodeAfter(byte[] frame) throws IOException {
        try (var channel = new RawChannel("192.0.2.4")) {
            channel.send(frame);
            return channel.closeCode();
        }
    }
}
