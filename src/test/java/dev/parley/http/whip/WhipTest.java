package dev.parley.http.whip;

import static dev.parley.http.whip.WhipClient.ANSWER;
import static dev.parley.http.whip.WhipClient.FRAGMENT;
import static dev.parley.http.whip.WhipClient.OFFER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.contract.MovableClock;
import dev.parley.contract.StoreProfile;
import dev.parley.http.HttpReply;
import dev.parley.http.RawConnection;
import dev.parley.http.TestClient;
import dev.parley.ice.TurnSecret;
import dev.parley.waiting.WaitRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The exchange of an encoder or player with a peer: the requests and replies of RFC 9725 and draft-ietf-wish-whep. */
@QuarkusTest
@TestProfile(WhipProfile.class)
@SuppressWarnings("NullAway.Init") // the container fills the fields
class WhipTest {
    private static final String SDP = "application/sdp";

    @Inject
    WaitRegistry registry;

    @Inject
    MovableClock clock;

    private final TestClient page = TestClient.ofNewOrigin();
    private final WhipClient encoder = new WhipClient(Protocol.WHIP, page);
    private final String topic = "stage/" + UUID.randomUUID();

    @ParameterizedTest
    @EnumSource
    void theAnswerOfAPeerIsTheReply(Protocol protocol) {
        var client = new WhipClient(protocol, page);
        CompletableFuture<HttpReply> offered = client.offer(client.endpoint(topic));
        JsonNode listing = WhipClient.awaitListing(page, topic);
        assertThat(listing.path("tags")).hasSize(1);
        assertThat(listing.at("/tags/0").textValue()).isEqualTo(protocol.word());
        assertThat(offered).isNotDone();
        String code = listing.path("code").textValue();
        assertThat(page.get("/api/v1/sessions/" + code).send().textAt("/offer")).isEqualTo(OFFER);
        HttpReply answered = WhipClient.answer(page, code).is(201);

        HttpReply reply = WhipClient.reply(offered).is(201);
        assertThat(reply.header("Content-Type")).isEqualTo(SDP);
        assertThat(reply.text()).isEqualTo(ANSWER);
        assertThat(reply.header("Location")).matches("/" + protocol.word() + "/sessions/[A-Za-z0-9_-]{32}");
        assertThat(reply.header("ETag")).matches("\"[0-9a-f]{16}\"");
        assertThat(reply.header("Access-Control-Expose-Headers"))
                .contains("Location")
                .contains("ETag")
                .contains("Link");
        assertThat(reply.header("x-d1-bookmark")).isGreaterThanOrEqualTo(answered.header("x-d1-bookmark"));
        assertThat(WhipClient.listings(page, topic)).isEmpty();
        await().until(() -> registry.size() == 0);
    }

    /** Until it is answered, a session must not outlive by much a service that cannot close it. */
    @Test
    void anAnsweredSessionLivesAsLongAsAnyOther() {
        CompletableFuture<HttpReply> offered = encoder.offer(encoder.endpoint(topic));
        JsonNode listing = WhipClient.awaitListing(page, topic);
        String code = listing.path("code").textValue();
        Instant created = Instant.parse(listing.path("createdAt").textValue());
        assertThat(Instant.parse(listing.path("expiresAt").textValue())).isEqualTo(created.plusSeconds(34));
        WhipClient.answer(page, code).is(201);
        WhipClient.reply(offered).is(201);

        await().untilAsserted(() -> assertThat(
                        page.get("/api/v1/sessions/" + code).send().timeAt("/expiresAt"))
                .isAfterOrEqualTo(created.plusSeconds(300)));
    }

    @Test
    void eachServerIsALinkWithACredentialThatExpires() {
        List<String> links = encoder.established(topic).headers().allValues("Link");

        assertThat(links).hasSize(3);
        assertThat(links.get(0)).isEqualTo("<stun:stun.example.org>; rel=\"ice-server\"");
        assertThat(links.get(1)).isEqualTo("<stun:[2001:db8::1]:3478>; rel=\"ice-server\"");
        String username = links.get(2).replaceFirst(".*; username=\"([0-9]+:[0-9a-f]{16})\".*", "$1");
        String password = new TurnSecret(StoreProfile.TURN_SECRET)
                .credential(
                        Instant.ofEpochSecond(Long.parseLong(username.replaceFirst(":.*", ""))),
                        username.replaceFirst(".*:", ""))
                .password();
        assertThat(links.get(2))
                .isEqualTo("<turn:turn.example.org?transport=udp>; rel=\"ice-server\"; username=\"" + username
                        + "\"; credential=\"" + password + "\"; credential-type=\"password\"");
    }

    @ParameterizedTest
    @EnumSource
    void candidatesBecomeEvents(Protocol protocol) {
        var client = new WhipClient(protocol, page);
        CompletableFuture<HttpReply> offered = client.offer(client.endpoint(topic));
        String code = WhipClient.awaitListing(page, topic).path("code").textValue();
        WhipClient.answer(page, code).is(201);
        HttpReply established = WhipClient.reply(offered).is(201);

        HttpReply patched = client.patch(established.header("Location"), established.header("ETag"), FRAGMENT)
                .is(204);
        assertThat(patched.body()).isEmpty();
        assertThat(patched.hasHeader("ETag")).isFalse();
        client.patch(established.header("Location"), "*", FRAGMENT).is(204);
        client.patch(established.header("Location"), "*", "a=ice-ufrag:EsAw\r\n")
                .is(204);
        JsonNode events =
                page.get("/api/v1/sessions/" + code + "/events?after=2").send().at("/events");
        assertThat(events).hasSize(2);
        assertThat(events.at("/0/side").textValue()).isEqualTo("offerer");
        assertThat(events.at("/0/candidate").toString())
                .isEqualTo("{\"candidate\":\"candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host\",\"sdpMid\":\"0\","
                        + "\"sdpMLineIndex\":0,\"usernameFragment\":\"EsAw\"}");
        assertThat(events.at("/1/type").textValue()).isEqualTo("end-of-candidates");
    }

    @Test
    void candidatesNeedTheEntityTagOfTheIceSession() {
        HttpReply established = encoder.established(topic);
        String location = established.header("Location");
        HttpReply other = encoder.established(topic);

        encoder.call("PATCH", location)
                .header("Content-Type", SdpFragment.TYPE)
                .send(BodyPublishers.ofString(FRAGMENT))
                .isProblem(428, "precondition-missing");
        encoder.patch(location, other.header("ETag"), FRAGMENT).isProblem(412, "session-changed");
        encoder.patch(location, "W/" + established.header("ETag"), FRAGMENT).isProblem(412, "session-changed");
        encoder.patch(location, "\"x\", " + established.header("ETag"), FRAGMENT)
                .is(204);
    }

    @Test
    void anIceRestartIsRejectedAndTheSessionStays() {
        HttpReply established = encoder.established(topic);
        String location = established.header("Location");

        encoder.patch(location, "*", FRAGMENT.replace("EsAw", "ysXw")).isOutOfBounds("ice-ufrag");
        encoder.patch(location, established.header("ETag"), FRAGMENT).is(204);
    }

    @Test
    void aMalformedPatchIsRejected() {
        HttpReply established = encoder.established(topic);
        String location = established.header("Location");

        encoder.call("PATCH", location)
                .header("If-Match", "*")
                .send(BodyPublishers.ofString(FRAGMENT))
                .isProblem(415, "blank");
        encoder.patch(location, "*", "v=0\r\n").isProblem(400, "malformed");
        encoder.patch(location, "*", FRAGMENT.replace("mid:0", "mid:7")).isProblem(400, "malformed");
        encoder.call("PATCH", location)
                .header("Content-Type", SDP)
                .header("If-Match", "*")
                .send(BodyPublishers.ofString(OFFER))
                .isProblem(415, "blank");
        encoder.patch(location, "*", FRAGMENT + "a=x:" + "x".repeat(262_144) + "\r\n")
                .isProblem(413, "body-too-large");
        encoder.patch(location, "*", FRAGMENT.replace("192.0.2.1", "1".repeat(300)))
                .isProblem(400, "malformed");
        encoder.patch(location, "*", FRAGMENT.replace("a=end", "a=candidate:2 1 udp 1 ::1 1 typ host\r\na=end"))
                .is(204);
    }

    @Test
    void moreCandidatesThanARequestMayHaveAreRejected() {
        HttpReply established = encoder.established(topic);
        var lines = new StringBuilder();
        for (int i = 0; i < 64; i++) {
            lines.append("a=candidate:2 1 udp 1 192.0.2.2 ").append(i).append(" typ host\r\n");
        }

        encoder.patch(established.header("Location"), "*", FRAGMENT + lines).isOutOfBounds("candidates");
    }

    @ParameterizedTest
    @EnumSource
    void deletionClosesTheSession(Protocol protocol) {
        var client = new WhipClient(protocol, page);
        CompletableFuture<HttpReply> offered = client.offer(client.endpoint(topic));
        String code = WhipClient.awaitListing(page, topic).path("code").textValue();
        WhipClient.answer(page, code).is(201);
        String location = WhipClient.reply(offered).is(201).header("Location");
        client.call("GET", location).send().is(204);
        CompletableFuture<HttpReply> peer = page.get("/api/v1/sessions/" + code + "/events?after=2")
                .header("Prefer", "wait=30")
                .sendAsync();
        await().until(() -> registry.size() == 1);
        String other =
                location.replace("/whip/", "/x/").replace("/whep/", "/whip/").replace("/x/", "/whep/");

        client.call("DELETE", other).send().isProblem(404, "session-not-found");
        HttpReply deleted = client.call("DELETE", location)
                .header("If-Match", "\"other\"")
                .send()
                .is(200);
        assertThat(deleted.body()).isEmpty();
        assertThat(WhipClient.reply(peer).is(200).textAt("/events/0/type")).isEqualTo("closed");
        client.call("DELETE", location).send().isProblem(404, "session-not-found");
        client.call("GET", location).send().isProblem(404, "session-not-found");
        client.patch(location, "*", FRAGMENT).isProblem(404, "session-not-found");
    }

    /** The code is in the list of the topic; only the client knows the URL from which it is derived. */
    @Test
    void whoeverFindsTheCodeCannotCloseTheSession() {
        CompletableFuture<HttpReply> offered = encoder.offer(encoder.endpoint(topic));
        String code = WhipClient.awaitListing(page, topic).path("code").textValue();
        WhipClient.answer(page, code).is(201);
        String location = WhipClient.reply(offered).is(201).header("Location");

        assertThat(location).doesNotContain(code);
        page.delete("/api/v1/sessions/" + code)
                .token(location.replaceFirst(".*/", ""))
                .send()
                .is(403);
        encoder.call("DELETE", "/whip/sessions/" + code).send().isProblem(404, "session-not-found");
    }

    @Test
    void twoEncodersOfOneTopicAreTwoSessions() {
        CompletableFuture<HttpReply> one = encoder.offer(encoder.endpoint(topic));
        CompletableFuture<HttpReply> two = encoder.offer(encoder.endpoint(topic));
        await().until(() -> WhipClient.listings(page, topic).size() == 2);
        for (JsonNode listing : WhipClient.listings(page, topic)) {
            WhipClient.answer(page, listing.path("code").textValue()).is(201);
        }

        assertThat(WhipClient.reply(one).is(201).header("Location"))
                .isNotEqualTo(WhipClient.reply(two).is(201).header("Location"));
    }

    @Test
    void anEncoderNamesItsNamespaceInTheUrl() {
        TestClient obs = TestClient.withoutOrigin();
        var client = new WhipClient(Protocol.WHIP, obs);
        CompletableFuture<HttpReply> offered = client.offer(
                client.endpoint(topic) + "?namespace=" + page.origin().replace(":", "%3A"));
        WhipClient.answer(
                        page, WhipClient.awaitListing(page, topic).path("code").textValue())
                .is(201);

        HttpReply established = WhipClient.reply(offered).is(201);
        String location = established.header("Location");
        assertThat(location)
                .endsWith("?namespace=" + page.origin().replace(":", "%3A").replace("/", "%2F"));
        client.patch(location, established.header("ETag"), FRAGMENT).is(204);
        client.call("DELETE", location.replaceFirst("\\?.*", "")).send().is(404);
        client.call("DELETE", location).send().is(200);
        client.call("POST", client.endpoint(topic) + "?namespace=a%20b")
                .header("Content-Type", SDP)
                .send(BodyPublishers.ofString(OFFER))
                .isMalformed("namespace");
    }

    @ParameterizedTest
    @CsvSource({
        "OPTIONS, /whip/tea,       200",
        "OPTIONS, /whep/tea,       200",
        "GET,     /whip/tea,       204",
        "HEAD,    /whip/tea,       204",
        "GET,     /whep/tea,       200",
        "HEAD,    /whep/tea,       200",
        "PUT,     /whip/tea,       405",
        "PATCH,   /whip/tea,       405",
        "DELETE,  /whep/tea,       405",
        "POST,    /whip/sessions/x, 405",
        "PUT,     /whep/sessions/x, 405",
        "OPTIONS, /whip/sessions/x, 204",
        "GET,     /whip/sessions/x, 404",
        "DELETE,  /whip/sessions/x, 404",
        "POST,    /whip/,          404",
        "POST,    /whip/tea/more,  404",
        "OPTIONS, /whip/tea/more,  404",
    })
    void otherMethods(String method, String path, int status) throws IOException {
        HttpReply reply =
                raw(method + " " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n", method.equals("HEAD"));

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.hasHeader("x-d1-bookmark")).isTrue();
        if (status < 300) {
            assertThat(reply.body()).isEmpty();
            assertThat(reply.headers().firstValue("Content-Type").orElse(""))
                    .isEqualTo(status == 200 && !method.equals("OPTIONS") ? SDP : "");
        }
        if (status == 200 && method.equals("OPTIONS")) {
            assertThat(reply.header("Accept-Post")).isEqualTo(SDP);
            assertThat(reply.header("Allow")).isEqualTo("GET, HEAD, OPTIONS, POST");
            assertThat(reply.headers().allValues("Link")).hasSize(3);
        }
        if (status == 405) {
            assertThat(reply.header("Allow"))
                    .isEqualTo(
                            path.contains("sessions")
                                    ? "DELETE, GET, HEAD, OPTIONS, PATCH"
                                    : "GET, HEAD, OPTIONS, POST");
        }
    }

    @Test
    void aPreflightIsAnsweredWithoutServers() throws IOException {
        HttpReply reply = raw("""
                OPTIONS /whip/tea HTTP/1.1\r
                Host: x\r
                Origin: https://a.example\r
                Access-Control-Request-Method: POST\r
                Access-Control-Request-Headers: authorization,content-type\r
                """, false);

        assertThat(reply.status()).isEqualTo(204);
        assertThat(reply.header("Access-Control-Allow-Methods")).contains("PATCH", "DELETE");
        assertThat(reply.header("Access-Control-Allow-Headers")).contains("If-Match", "Authorization", "Content-Type");
        assertThat(reply.hasHeader("Link")).isFalse();
    }

    @Test
    void otherOffersAreRejectedAtOnce() {
        post("application/json", "{}").isProblem(415, "blank");
        offer().isProblem(415, "blank");
        offer("Content-Type", " ").isProblem(415, "blank");
        offer("Content-Type", SDP, "Content-Type", "text/plain").isProblem(415, "blank");
        post("application/sdp;charset=x", "x").isProblem(400, "malformed");
        post(SDP, "").isProblem(400, "malformed");
        post(SDP, OFFER.replace("m=video", "\r\nm=video")).isProblem(400, "malformed");
        post(SDP, OFFER.replace("a=ice-ufrag:EsAw\r\n", "")).isProblem(400, "malformed");
        send(BodyPublishers.ofByteArray(new byte[] {'v', '=', '0', '\n', (byte) 0xff}), "Content-Type", SDP)
                .isMalformed("UTF-8");
        offer("Content-Type", SDP, "Accept", "text/html").isProblem(406, "blank");
        offer("Content-Type", SDP, "Accept", SDP + ";q=0").isProblem(406, "blank");
        offer("Content-Type", SDP, "Content-Encoding", "gzip").isProblem(415, "blank");
        post(SDP, OFFER + "a=x:" + "x".repeat(65_536 - OFFER.length()) + "\r\n").isOutOfBounds("offer");
        post(SDP, OFFER + "a=x:" + "x".repeat(262_144) + "\r\n").isProblem(413, "body-too-large");
        assertThat(WhipClient.listings(page, topic)).isEmpty();
    }

    private HttpReply post(String type, String body) {
        return send(BodyPublishers.ofString(body), "Content-Type", type);
    }

    private HttpReply offer(String... headers) {
        return send(BodyPublishers.ofString(OFFER), headers);
    }

    /** @param headers names and values in turn */
    private HttpReply send(BodyPublisher body, String... headers) {
        TestClient.Call call = encoder.call("POST", encoder.endpoint(topic));
        for (int i = 0; i < headers.length; i += 2) {
            call.header(headers[i], headers[i + 1]);
        }
        return call.send(body);
    }

    @Test
    void topicsHaveTheirBound() {
        encoder.call("POST", encoder.endpoint("x".repeat(1_025)))
                .header("Content-Type", SDP)
                .send(BodyPublishers.ofString(OFFER))
                .isOutOfBounds("topic");
    }

    @ParameterizedTest
    @ValueSource(strings = {"whip", "whep"})
    void theCompatibleApiKeepsItsTopicsOfTheSameName(String name) throws IOException {
        assertThat(page.post("/" + name + "/offer")
                        .json(TestClient.object("peerId", "alice", "offer", "x"))
                        .is(200)
                        .textAt("/code"))
                .isNotBlank();
        assertThat(page.get("/" + name + "/sessions").send().is(200).at("/sessions"))
                .hasSize(1);
        page.post("/" + name + "/offer")
                .header("Content-Type", SDP)
                .send(BodyPublishers.ofString(OFFER))
                .isError(415);
        raw(
                        "POST /" + name
                                + "/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/sdp\r\nContent-Length: "
                                + OFFER.length() + "\r\n",
                        OFFER)
                .isError(405);
    }

    /** rondevu clients answer an encoder as they answer a page. */
    @Test
    void theCompatibleApiAnswersToo() {
        String plain = topic.replace('/', '-');
        CompletableFuture<HttpReply> offered = encoder.offer(encoder.endpoint(plain));
        String code = WhipClient.awaitListing(page, plain).path("code").textValue();
        assertThat(page.get("/" + plain + "/sessions").send().textAt("/sessions/0/offer"))
                .isEqualTo(OFFER);
        page.post("/answer")
                .json(TestClient.object("code", code, "side", "answerer", "answer", ANSWER))
                .is(200);

        assertThat(WhipClient.reply(offered).is(201).text()).isEqualTo(ANSWER);
    }

    @Test
    void aClientThatDisconnectsLeavesNoSession() throws IOException {
        TestClient unknown = TestClient.withoutOrigin();
        try (var connection = new RawConnection()) {
            connection.send(
                    "POST " + encoder.endpoint(topic) + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/sdp\r\n"
                            + "Content-Length: " + OFFER.length() + "\r\n\r\n" + OFFER);
            WhipClient.awaitListing(unknown, topic);
        }

        await().until(() -> WhipClient.listings(unknown, topic).isEmpty());
        await().until(() -> registry.size() == 0);
    }

    private static HttpReply raw(String head, boolean isHead) throws IOException {
        try (var connection = new RawConnection()) {
            return connection
                    .send(head + "Connection: close\r\n\r\n")
                    .receive(isHead)
                    .orElseThrow();
        }
    }

    private static HttpReply raw(String head, String body) throws IOException {
        try (var connection = new RawConnection()) {
            return connection.send(head + "\r\n" + body).receive().orElseThrow();
        }
    }
}
