package dev.parley.http.whip;

import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.http.HttpReply;
import dev.parley.http.HttpSession;
import dev.parley.http.TestClient;
import dev.parley.http.TestClient.Call;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** An encoder or player, and the peer that answers it. */
final class WhipClient {
    static final String OFFER = """
            v=0\r
            o=- 5228595038118931041 2 IN IP4 127.0.0.1\r
            s=-\r
            t=0 0\r
            a=group:BUNDLE 0 1\r
            m=audio 9 UDP/TLS/RTP/SAVPF 111\r
            c=IN IP4 0.0.0.0\r
            a=mid:0\r
            a=ice-ufrag:EsAw\r
            a=ice-pwd:bP+XJMM09aR8AiX1jdukzR6Y\r
            a=sendonly\r
            m=video 0 UDP/TLS/RTP/SAVPF 96\r
            a=mid:1\r
            a=bundle-only\r
            a=sendonly\r
            """;

    static final String ANSWER = "v=0\r\no=- 1657793490019 1 IN IP4 127.0.0.1\r\ns=ä\r\nt=0 0\r\na=recvonly\r\n";

    static final String FRAGMENT = """
            a=ice-ufrag:EsAw\r
            a=ice-pwd:bP+XJMM09aR8AiX1jdukzR6Y\r
            m=audio 9 UDP/TLS/RTP/SAVPF 0\r
            a=mid:0\r
            a=candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host\r
            a=end-of-candidates\r
            """;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Protocol protocol;
    private final TestClient client;

    WhipClient(Protocol protocol, TestClient client) {
        this.protocol = protocol;
        this.client = client;
    }

    String endpoint(String topic) {
        return "/" + protocol.word() + "/" + encoded(topic);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    Call call(String method, String pathAndQuery) {
        return client.call(method, pathAndQuery);
    }

    /** Sends an offer to {@code pathAndQuery} and does not wait. */
    CompletableFuture<HttpReply> offer(String pathAndQuery) {
        return call("POST", pathAndQuery)
                .header("Content-Type", "application/sdp")
                .sendAsync(BodyPublishers.ofString(OFFER));
    }

    /** The reply to an offer that is answered. */
    HttpReply established(String topic) {
        CompletableFuture<HttpReply> reply = offer(endpoint(topic));
        answer(client, awaitListing(client, topic).path("code").textValue()).is(201);
        return reply(reply).is(201);
    }

    HttpReply patch(String location, String ifMatch, String fragment) {
        return call("PATCH", location)
                .header("Content-Type", "application/trickle-ice-sdpfrag")
                .header("If-Match", ifMatch)
                .send(BodyPublishers.ofString(fragment));
    }

    /** The only session that {@code peer} finds under {@code topic}; waits for it. */
    static JsonNode awaitListing(TestClient peer, String topic) {
        await().atMost(PATIENCE).until(() -> !listings(peer, topic).isEmpty());
        JsonNode items = listings(peer, topic);
        assertThat(items).hasSize(1);
        return items.get(0);
    }

    static JsonNode listings(TestClient peer, String topic) {
        return peer.get("/api/v1/sessions?topic=" + encoded(topic))
                .send()
                .is(200)
                .at("/items");
    }

    static HttpReply answer(TestClient peer, String code) {
        return peer.put("/api/v1/sessions/" + code + "/answer")
                .token(HttpSession.newToken())
                .json(object("answer", ANSWER));
    }

    static HttpReply reply(CompletableFuture<HttpReply> reply) {
        return reply.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }
}
