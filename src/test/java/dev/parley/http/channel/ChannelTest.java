package dev.parley.http.channel;

import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.contract.SqliteProfile;
import dev.parley.http.ChannelClient;
import dev.parley.http.ChannelClient.Reply;
import dev.parley.http.HttpSession;
import dev.parley.http.TestClient;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The operations and the pushed events of the channel; the contract of the store proves what the operations do. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class ChannelTest {
    private final String origin = "https://" + UUID.randomUUID() + ".example";
    private ChannelClient offerer;
    private ChannelClient answerer;
    private final String code = HttpSession.newCode();
    private final String token = HttpSession.newToken();
    private final String answererToken = HttpSession.newToken();

    @BeforeEach
    void connect() {
        offerer = ChannelClient.open(origin);
        answerer = ChannelClient.open(origin);
    }

    @AfterEach
    void close() {
        offerer.close();
        answerer.close();
    }

    private Reply open() {
        return offerer.call(
                "open", "token", token, "body", object("code", code, "offer", "an offer", "candidates", List.of("o1")));
    }

    private Reply answer() {
        return answerer.call("answer", "code", code, "token", answererToken, "body", object("answer", "an answer"));
    }

    @Test
    void aHandshakeOverTwoChannelsPushesEachSideTheOther() {
        Reply opened = open().is(201);
        assertThat(opened.textAt("/body/code")).isEqualTo(code);
        assertThat(opened.textAt("/body/sessionToken")).isEqualTo(token);
        assertThat(opened.at("/body/seq").intValue()).isEqualTo(2);
        assertThat(opened.textAt("/etag")).startsWith("\"").endsWith("\"");
        assertThat(opened.textAt("/bookmark")).isNotBlank();

        answerer.call("watch", "code", code, "after", 0).is(200);
        assertThat(types(answerer.events(code, 2))).containsExactly("offer", "candidate");
        answer().is(201);
        assertThat(types(answerer.events(code, 1))).containsExactly("answer");
        assertThat(types(offerer.events(code, 1))).containsExactly("answer");
        answerer.call("trickle", "code", code, "token", answererToken, "body", object("candidates", List.of("a1")))
                .is(201);
        offerer.call("trickle", "code", code, "token", token, "body", object("end", true))
                .is(201);

        List<JsonNode> atOfferer = offerer.events(code, 2);
        assertThat(types(atOfferer)).containsExactly("candidate", "end-of-candidates");
        assertThat(atOfferer.get(0).path("candidate").textValue()).isEqualTo("a1");
        assertThat(atOfferer.get(0).path("seq").intValue()).isEqualTo(4);
        assertThat(types(answerer.events(code, 2))).containsExactly("candidate", "end-of-candidates");
    }

    private static List<String> types(List<JsonNode> events) {
        return events.stream().map(event -> event.path("type").textValue()).toList();
    }

    @Test
    void eventsHaveTheFormOfThoseOverHttp() {
        open().is(201);
        answerer.call("watch", "code", code).is(200);

        JsonNode overHttp = TestClient.of(origin)
                .get("/api/v1/sessions/" + code + "/events")
                .send()
                .at("/events");

        assertThat(answerer.events(code, 2)).containsExactlyElementsOf(overHttp);
        assertThat(answerer.call("read", "code", code, "after", 0).is(200).at("/body/events"))
                .isEqualTo(overHttp);
    }

    @Test
    void anAnswererReceivesWhatWasCommittedBetweenItsReadAndItsAnswer() {
        open().is(201);
        int read = answerer.call("read", "code", code).is(200).at("/body/seq").intValue();
        offerer.call("trickle", "code", code, "token", token, "body", object("candidates", List.of("o2")))
                .is(201);

        answer().is(201);

        assertThat(read).isEqualTo(2);
        assertThat(types(answerer.events(code, 4))).containsExactly("offer", "candidate", "candidate", "answer");
        answerer.call("unwatch", "code", code).is(204);
        answerer.call(
                        "answer",
                        "code",
                        code,
                        "token",
                        answererToken,
                        "after",
                        read,
                        "body",
                        object("answer", "an answer"))
                .is(200);
        assertThat(answerer.events(code, 2).get(0).path("candidate").textValue())
                .isEqualTo("o2");
    }

    @Test
    void aClosedSessionIsTheLastEvent() {
        open().is(201);
        answer().is(201);
        offerer.events(code, 1);
        answerer.events(code, 3);

        offerer.call("close", "code", code, "token", token).is(204);

        assertThat(types(offerer.events(code, 1))).containsExactly("closed");
        assertThat(types(answerer.events(code, 1))).containsExactly("closed");
        offerer.call("read", "code", code).isProblem(404, "session-not-found");
    }

    @Test
    void repliesAreThoseOfTheSameCallsOverHttp() {
        open().is(201);
        open().is(200);
        offerer.call("open", "body", object("code", code, "offer", "another")).isProblem(409, "code-taken");
        JsonNode overHttp =
                TestClient.of(origin).get("/api/v1/sessions/" + code).send().json();
        assertThat(offerer.call("read", "code", code).is(200).at("/body")).isEqualTo(overHttp);
        answer().is(201);
        answer().is(200);
        offerer.call("answer", "code", code, "body", object("answer", "another"))
                .isProblem(409, "already-answered");
        offerer.call("trickle", "code", code, "body", object("end", true)).isProblem(401, "session-token-missing");
        offerer.call("trickle", "code", code, "token", HttpSession.newToken(), "body", object("end", true))
                .isProblem(403, "session-token-refused");
        offerer.call("extend", "code", code, "token", token, "body", object("ttl", 600))
                .is(200)
                .at("/body/expiresAt");
        offerer.call("extend", "code", code, "token", token, "body", object("ttl", 1))
                .isProblem(422, "out-of-bounds");
        offerer.call("ice-servers").is(200).at("/body/iceServers");
        offerer.call("watch", "code", HttpSession.newCode()).isProblem(404, "session-not-found");
        offerer.call("close", "code", code, "token", answererToken).isProblem(403, "session-token-refused");
    }

    @Test
    void aRestartNamesTheStateThatItReplaces() {
        String tag = open().is(201).textAt("/etag");
        var restart = object("offer", "a second offer");

        offerer.call("restart", "code", code, "token", token, "body", restart).isProblem(428, "precondition-missing");
        offerer.call("restart", "code", code, "token", token, "ifMatch", "\"0.0.0\"", "body", restart)
                .isProblem(412, "session-changed");
        Reply restarted = offerer.call("restart", "code", code, "token", token, "ifMatch", tag, "body", restart)
                .is(200);

        assertThat(restarted.at("/body/generation").intValue()).isEqualTo(2);
        assertThat(types(offerer.events(code, 1))).containsExactly("offer");
    }

    @Test
    void unansweredSessionsAreFound() {
        offerer.call("open", "body", object("offer", "an offer", "topic", "chess", "tags", List.of("fast")))
                .is(201);

        assertThat(answerer.call("find", "topic", "chess").is(200).at("/body/items"))
                .hasSize(1);
        assertThat(answerer.call("find", "topic", "chess", "tag", "slow", "limit", 1)
                        .is(200)
                        .at("/body/items"))
                .isEmpty();
    }

    @Test
    void requestsOnOneSessionAreDoneInTheOrderInWhichTheyWereSent() {
        var sent = new ArrayList<CompletableFuture<JsonNode>>();
        sent.add(offerer.send("open", "token", token, "body", object("code", code, "offer", "an offer")));
        for (int i = 0; i < 200; i++) {
            var body = object("candidates", List.of("c" + i));
            sent.add(offerer.send("trickle", "code", code, "token", token, "body", body));
        }
        CompletableFuture<JsonNode> read = offerer.send("read", "code", code);

        sent.forEach(reply -> ChannelClient.reply(reply).is(201));

        assertThat(ChannelClient.reply(read).at("/body/offerCandidates"))
                .extracting(JsonNode::textValue)
                .containsExactlyElementsOf(
                        IntStream.range(0, 200).mapToObj(i -> "c" + i).toList());
        assertThat(offerer.events(code, 200))
                .extracting(event -> event.path("seq").longValue())
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(2, 201).boxed().toList());
    }

    @Test
    void aSessionThatWasOpenedAnewIsWatchedFromItsOffer() {
        String tag = open().is(201).textAt("/etag");
        String watched = answerer.call("watch", "code", code, "after", 2, "etag", tag)
                .is(200)
                .textAt("/etag");
        assertThat(watched).isEqualTo(tag);
        answerer.call("unwatch", "code", code).is(204);
        offerer.call("close", "code", code, "token", token).is(204);
        open().is(201);

        answerer.call("watch", "code", code, "after", 2, "etag", watched).is(200);

        assertThat(types(answerer.events(code, 2))).containsExactly("offer", "candidate");
    }

    @Test
    void anUnwatchedSessionIsNotPushed() {
        open().is(201);
        offerer.call("unwatch", "code", code).is(204);
        offerer.call("unwatch", "code", code).is(204);
        answer().is(201);
        answerer.events(code, 0);

        offerer.call("watch", "code", code, "after", 2).is(200);

        assertThat(types(offerer.events(code, 1))).containsExactly("answer");
        assertThat(offerer.hasPushed()).isFalse();
    }

    @Test
    void aWatchedTopicIsPushedFromItsListOn() {
        String topic = "a \"topic\" ü";
        var body = object("code", code, "offer", "an offer", "topic", topic);
        offerer.call("open", "token", token, "body", body).is(201);

        answerer.call("watch", "topic", topic).is(200);
        JsonNode first = answerer.next();
        assertThat(first.path("topic").textValue()).isEqualTo(topic);
        assertThat(first.path("opened"))
                .isEqualTo(answerer.call("find", "topic", topic).at("/body/items"));
        assertThat(first.path("gone")).isEmpty();
        assertThat(first.path("bookmark").textValue()).isNotBlank();
        var second = object("code", code + "-2", "offer", "an offer", "topic", topic);
        offerer.call("open", "body", second).is(201);
        assertThat(answerer.next().at("/opened/0/code").textValue()).isEqualTo(code + "-2");
        offerer.call("close", "code", code, "token", token).is(204);
        assertThat(answerer.next().at("/gone/0").textValue()).isEqualTo(code);

        answerer.call("unwatch", "topic", topic).is(204);
        answerer.call("watch", "topic", topic, "code", code).isProblem(400, "malformed");
        answerer.call("watch", "topic", topic, "tag", "chess").is(200);
        assertThat(answerer.next().path("opened")).isEmpty();
    }

    @Test
    void aRestartDoesNotWatchTheSession() {
        open().is(201);
        offerer.call("unwatch", "code", code).is(204);
        offerer.call("restart", "code", code, "token", token, "ifMatch", "*", "body", object("offer", "a second offer"))
                .is(200);
        offerer.call("trickle", "code", code, "token", token, "body", object("end", true))
                .is(201);

        offerer.call("watch", "code", code, "after", 3).is(200);

        assertThat(types(offerer.events(code, 1))).containsExactly("end-of-candidates");
        assertThat(offerer.hasPushed()).isFalse();
    }

    @Test
    void aWatchPushesMoreEventsThanItsReplyKeeps() {
        open().is(201);
        for (int sent = 0; sent < 192; sent += 64) {
            List<String> candidates =
                    IntStream.range(sent, sent + 64).mapToObj(Integer::toString).toList();
            offerer.call("trickle", "code", code, "token", token, "body", object("candidates", candidates))
                    .is(201);
        }
        answerer.call("watch", "code", code).is(200);

        assertThat(answerer.events(code, 194))
                .extracting(event -> event.path("seq").intValue())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 194).boxed().toList());
    }

    @Test
    void aNameThatNoSessionCanHaveIsNotWatched() {
        offerer.call("watch", "topic", "t".repeat(1_025)).isProblem(422, "out-of-bounds");
        offerer.call("watch", "code", "c".repeat(129)).isProblem(422, "out-of-bounds");
    }

    @Test
    void helloChoosesTheNamespaceAndTheBookmark() {
        String namespace = "ns-" + UUID.randomUUID();
        String bookmark = offerer.call("hello", "namespace", namespace).is(204).textAt("/bookmark");
        open().is(201);

        answerer.call("hello", "namespace", namespace, "bookmark", bookmark).is(204);
        answerer.call("read", "code", code).is(200);
        answerer.call("hello").isProblem(400, "malformed");
        try (ChannelClient other = ChannelClient.open(origin)) {
            other.call("read", "code", code).isProblem(404, "session-not-found");
        }
        try (ChannelClient other = ChannelClient.open(origin)) {
            other.call("hello", "bookmark", "not a bookmark").isProblem(400, "malformed");
        }
        String ofAnotherHistory = "2-" + "0".repeat(24) + "-" + "0".repeat(16);
        try (ChannelClient other = ChannelClient.open(origin)) {
            assertThat(other.call("hello", "bookmark", ofAnotherHistory).is(204).textAt("/bookmarkStatus"))
                    .isEqualTo("reset");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'namespace':'N','bookmark':'no bookmark'",
                "'bookmark':'no bookmark','namespace':'N'",
                "'namespace':'N','nonsense':1",
                "'nonsense':1,'namespace':'N'",
            })
    void nothingIsDoneInAnotherNamespaceThanTheOneThatWasRefused(String fields) {
        open().is(201);
        String hello = fields.replace('\'', '"').replace("N", "ns-" + UUID.randomUUID());
        answerer.sendText("{" + hello + ",\"id\":\"h\",\"op\":\"hello\"}");
        CompletableFuture<JsonNode> pipelined = answerer.send("read", "code", code);

        assertThat(answerer.next().path("status").intValue()).isEqualTo(400);
        ChannelClient.reply(pipelined).isProblem(400, "malformed");
        answerer.call("hello", "bookmark", "no bookmark").isProblem(400, "malformed");
        answerer.call("find").isProblem(400, "malformed");
        answerer.call("hello").is(204);
        answerer.call("read", "code", code).is(200);
        answerer.call("hello").isProblem(400, "malformed");
        answerer.call("read", "code", code).is(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "é", "\\u0078", "\\\""})
    void anIdHasAtMost64Characters(String character) {
        offerer.sendText("{\"id\":\"" + character.repeat(64) + "\",\"op\":\"find\"}");
        assertThat(offerer.next().path("id").textValue()).hasSize(64);

        offerer.sendText("{\"id\":\"" + character.repeat(65) + "\",\"op\":\"find\"}");
        assertThat(offerer.next().at("/problem/detail").textValue()).contains("\"id\" must be");
    }

    @Test
    void theBodyMayPrecedeTheOperation() {
        offerer.sendText("{\"body\":{\"offer\":\"an offer\",\"candidates\":[ {\"candidate\" : \"c\"} ]},\"id\":\"x-1\","
                + "\"op\":\"open\"}");
        JsonNode reply = offerer.next();

        assertThat(reply.path("id").textValue()).isEqualTo("x-1");
        assertThat(reply.path("status").intValue()).isEqualTo(201);
        String opened = reply.at("/body/code").textValue();
        offerer.sendText("{\"id\":\"x-2\",\"op\":\"read\",\"code\":\"" + opened + "\"}");
        assertThat(offerer.next().at("/body/offerCandidates/0").toString()).isEqualTo("{\"candidate\":\"c\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'id':7,'op':'open','body':{'ofer':'x'}}                  | 7 | Unknown field \"ofer\"",
                "{'op':'open','body':{'ofer':'x'},'id':7}                  | 7 | Unknown field \"ofer\"",
                "{'id':7,'op':'open','body':{'offer':'x'},'cod':'y'}       | 7 | Unknown field \"cod\"",
                "{'id':7,'op':'open','op':'read'}                          | 7 | Duplicate field \"op\"",
                "{'id':7,'op':'dance'}                                     | 7 | Unknown operation \"dance\"",
                "{'id':7,'op':'read','code':'x','token':'y'}               | 7 | has no field \"token\"",
                "{'id':7,'op':'read','code':5}                             | 7 | \"code\" must be a string",
                "{'id':7,'op':'read'}                                      | 7 | \"code\" is missing",
                "{'id':7,'op':'open'}                                      | 7 | \"body\" is missing",
                "{'id':7,'op':'close','code':'x','body':{}}                | 7 | has no field \"body\"",
                "{'id':7,'op':'watch','code':'x','after':-1}               | 7 | \"after\" must be a whole number",
                "{'id':7,'op':'watch','code':'x','after':1.5}              | 7 | \"after\" must be a whole number",
                "{'id':7,'op':'find','limit':100000}                       | 7 | limit must be",
                "{'id':7,'op':'read','code':'x','limit':5}                 | 7 | \"limit\" has no meaning without \"after\"",
                "{'id':7,'op':'watch','topic':'x','code':'y'}              | 7 | \"code\" has no meaning",
                "{'id':7,'op':'watch','topic':'x','after':1}               | 7 | \"after\" has no meaning",
                "{'id':7,'op':'watch','topic':'x','lease':1}               | 7 | \"lease\" has no meaning",
                "{'id':7,'op':'watch','topic':'x','token':'y'}             | 7 | \"token\" has no meaning",
                "{'id':7,'op':'watch','topic':'x','bookmark':'y'}          | 7 | ookmark",
                "{'id':7,'op':'watch','code':'x','tag':'y'}                | 7 | \"tag\" has no meaning",
                "{'id':7,'op':'watch','code':'x','token':'y'}              | 7 | \"token\" has no meaning",
                "{'id':7,'op':'unwatch','code':'x','topic':'y'}            | 7 | \"code\" has no meaning",
                "{'id':7,'op':'find','topic':'\\ud800'}                    | 7 | half a surrogate pair",
                "{'id':7}                                                  | 7 | \"op\" is missing",
                "{'op':'find'}                                             |   | \"id\" is missing",
                "{'id':[7],'op':'find'}                                    |   | \"id\" must be",
                "[7]                                                       |   | one JSON object",
                "{'id':7,'op':'find'} {}                                   | 7 | one JSON object",
                "hello                                                     |   | not JSON",
            })
    void malformedMessagesAreRefused(String message, String id, String detail) {
        offerer.sendText(message.replace('\'', '"').replaceFirst("\"id\":7", "\"id\":\"7\""));

        JsonNode reply = offerer.next();

        assertThat(reply.path("id").textValue()).isEqualTo(id);
        assertThat(reply.path("status").intValue()).isEqualTo(400);
        assertThat(reply.at("/problem/detail").textValue()).contains(detail);
        offerer.call("find").is(200);
    }

    @Test
    void aMessageMayComeInSeveralFrames() {
        offerer.sendParts("", "{\"id\":\"p\",", "", "\"op\":\"find\"", "}");

        assertThat(offerer.next().path("status").intValue()).isEqualTo(200);
    }

    @Test
    void aBinaryMessageClosesTheChannel() {
        offerer.sendBinary(new byte[] {'{', '}'});

        assertThat(offerer.closeCode()).isEqualTo(1003);
    }

    @ParameterizedTest
    @ValueSource(ints = {262_144, 262_145})
    void aMessageHasTheSizeOfABodyAtMost(int size) {
        String head = "{\"id\":\"p\",\"op\":\"find\",\"topic\":\"";
        String message = head + "x".repeat(size - head.length() - 2) + "\"}";

        offerer.sendParts(message.substring(0, 200_000), message.substring(200_000));

        if (size > 262_144) {
            assertThat(offerer.closeCode()).isEqualTo(1009);
        } else {
            assertThat(offerer.next().path("id").textValue()).isEqualTo("p");
        }
    }
}
