package dev.parley.http.channel;

import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.parley.contract.SqliteProfile;
import dev.parley.http.ChannelClient;
import dev.parley.http.HttpSession;
import dev.parley.http.TestClient;
import dev.parley.waiting.WaitRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many channels at once, and channels of clients that read too slowly beside others. */
@Tag("integration")
@QuarkusTest
@TestProfile(SqliteProfile.class)
@SuppressWarnings("NullAway.Init") // the container fills the fields
class ChannelCrowdTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CHANNELS = 1_000;
    private static final int CANDIDATES = 60;
    private static final int CANDIDATES_BYTES = 4_000;
    private static final int GENERATIONS = 12;

    @Inject
    Channels channels;

    @Inject
    WaitRegistry waits;

    private final String origin = "https://" + UUID.randomUUID() + ".example";

    @Test
    void aThousandIdleChannelsNeedNoThreadsAndReceiveTheirEvents() throws IOException {
        await().until(channels::isEmpty);
        var idle = new ArrayList<RawChannel>();
        try (ChannelClient peer = ChannelClient.connect(TestClient.service(), null, pushed -> {})) {
            peer.call("find").is(200);
            int threads = Thread.activeCount();
            List<String> codes = IntStream.range(0, CHANNELS - 1)
                    .mapToObj(i -> peer.call("open", "body", object("offer", "an offer"))
                            .textAt("/body/code"))
                    .peek(code -> peer.call("unwatch", "code", code).is(204))
                    .toList();
            for (String code : codes) {
                var channel = new RawChannel("127.0.0.1");
                idle.add(channel);
                channel.sendText("{\"id\":1,\"op\":\"watch\",\"code\":\"" + code + "\",\"after\":1}");
                assertThat(channel.nextText()).contains("\"status\":200");
            }
            assertThat(channels.size()).isEqualTo(CHANNELS);
            assertThat(Thread.activeCount() - threads).as("new threads").isLessThan(CHANNELS / 10);

            for (int i = 0; i < codes.size(); i++) {
                peer.call("answer", "code", codes.get(i), "body", object("answer", "an answer"))
                        .is(201);
                peer.call("unwatch", "code", codes.get(i)).is(204);
                assertThat(idle.get(i).nextText())
                        .startsWith("{\"code\":\"" + codes.get(i) + "\",\"events\":[{\"seq\":2,\"type\":\"answer\"");
            }
        } finally {
            for (RawChannel channel : idle) {
                channel.close();
            }
        }
        await().until(() -> channels.isEmpty() && waits.size() == 0);
    }

    /** The slow client is pushed megabytes; another one receives all of them meanwhile, and the slow one resumes where it stopped. */
    @Test
    void aSlowReaderDelaysNobodyAndLosesNothing() throws IOException {
        String code = HttpSession.newCode();
        String token = HttpSession.newToken();
        try (ChannelClient peer = ChannelClient.open(origin);
                ChannelClient reader = ChannelClient.open(origin);
                var slow = new RawChannel("127.0.0.1", origin)) {
            peer.call("open", "token", token, "body", object("code", code, "offer", "an offer"))
                    .is(201);
            reader.call("watch", "code", code, "after", 0).is(200);
            slow.sendText("{\"id\":1,\"op\":\"watch\",\"code\":\"" + code + "\",\"after\":0}");
            int events = 1;
            for (int generation = 1; generation <= GENERATIONS; generation++) {
                String padding = "x".repeat(CANDIDATES_BYTES) + generation + "-";
                List<String> candidates = IntStream.range(0, CANDIDATES)
                        .mapToObj(i -> padding + i)
                        .toList();
                peer.call("trickle", "code", code, "token", token, "body", object("candidates", candidates))
                        .is(201);
                peer.call("restart", "code", code, "token", token, "ifMatch", "*", "body", object("offer", "another"))
                        .is(200);
                events += CANDIDATES + 1;
            }

            assertThat(seqs(reader.events(code, events))).isEqualTo(numbers(1, events));
            assertThat(slow.nextText()).contains("\"status\":200");
            var received = new ArrayList<JsonNode>();
            while (received.size() < events) {
                JsonNode message = JSON.readTree(slow.nextText());
                message.path("events").forEach(received::add);
            }
            assertThat(seqs(received)).isEqualTo(numbers(1, events));
        }
    }

    private static List<Integer> seqs(List<JsonNode> events) {
        return events.stream().map(event -> event.path("seq").intValue()).toList();
    }

    private static List<Integer> numbers(int first, int last) {
        return IntStream.rangeClosed(first, last).boxed().toList();
    }
}
