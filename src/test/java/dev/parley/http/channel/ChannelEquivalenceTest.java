package dev.parley.http.channel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.CampaignSize;
import dev.parley.TestSeed;
import dev.parley.contract.SqliteProfile;
import dev.parley.http.ChannelClient;
import dev.parley.http.HttpReply;
import dev.parley.http.TestClient;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The same calls, valid and invalid, get the same status, body and problem over HTTP in one namespace and over a channel in another. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class ChannelEquivalenceTest {
    private static final int CALLS = CampaignSize.of("parley.channel.calls", 5_000);
    private static final int REPLY_SECONDS_MAX = 120;
    private static final int TAGS_MAX = 20;
    private static final int DIFFERENCES_MAX = 5;
    private static final String CURSOR_OF_LAST_LIST = "that of the last list";

    private final TestClient http = TestClient.of("https://" + UUID.randomUUID() + ".example");
    private final BlockingQueue<JsonNode> replies = new LinkedBlockingQueue<>();
    private ChannelClient channel;
    private Random random;
    private final Map<Integer, Integer> statuses = new TreeMap<>();

    /** The entity tags of replies: those of HTTP, and those of the channel. */
    private final List<String> tagsOverHttp = new ArrayList<>(List.of("\"1.1.1\""));

    private final List<String> tagsOverChannel = new ArrayList<>(List.of("\"1.1.1\""));
    private String cursorOverHttp = "none";
    private String cursorOverChannel = "none";

    /**
     * One call.
     *
     * @param fields of the message beside the body; header fields or query parameters over HTTP
     * @param body as JSON, or nearly
     */
    private record Call(
            String op, Map<String, Object> fields, @Nullable String body) {}

    /** @param retryAfter or the empty string */
    private record Outcome(int status, JsonNode body, String tag, String retryAfter) {}

    @BeforeEach
    void connect() {
        random = TestSeed.of(ChannelEquivalenceTest.class).random();
        channel =
                ChannelClient.connect(TestClient.service(), "https://" + UUID.randomUUID() + ".example", this::receive);
    }

    @AfterEach
    void close() {
        channel.close();
    }

    private void receive(JsonNode message) {
        if (message.has("id") || !message.has("code")) {
            replies.add(message);
        }
    }

    @Test
    void everyCallHasTheSameReplyOverHttpAndOverTheChannel() throws InterruptedException {
        var differences = new ArrayList<String>();
        for (int i = 0; i < CALLS && differences.size() < DIFFERENCES_MAX; i++) {
            Call call = next();
            Outcome overHttp = overHttp(call);
            Outcome overChannel = overChannel(call);
            statuses.merge(overHttp.status, 1, Integer::sum);
            if (!overChannel.equals(overHttp) || overHttp.status >= 500) {
                differences.add(
                        "call %d: %s%n over HTTP:    %s%n over channel: %s".formatted(i, call, overHttp, overChannel));
            }
        }
        assertThat(differences).isEmpty();
        System.out.printf("ChannelEquivalenceTest: %d calls with equal replies; statuses %s%n", CALLS, statuses);
        if (CALLS >= 5_000) {
            assertThat(statuses.keySet())
                    .as("calls reach far enough")
                    .contains(200, 201, 204, 400, 401, 403, 404, 409, 412, 422, 428);
        }
    }

    private Outcome overHttp(Call call) {
        Map<String, Object> fields = call.fields;
        String session = "/api/v1/sessions/" + encoded(String.valueOf(fields.get("code")));
        TestClient.Call request = switch (call.op) {
            case "open" -> http.post("/api/v1/sessions");
            case "answer" -> http.put(session + "/answer");
            case "trickle" -> http.post(session + "/candidates");
            case "restart" -> http.put(session + "/offer");
            case "extend" -> http.patch(session);
            case "close" -> http.delete(session);
            case "find" -> http.get("/api/v1/sessions?" + query(fields, "topic", "tag", "limit", "cursor"));
            case "ice-servers" -> http.get("/api/v1/ice-servers");
            default ->
                http.get(
                        fields.containsKey("after") ? session + "/events?" + query(fields, "after", "limit") : session);
        };
        if (fields.containsKey("token")) {
            request.token(String.valueOf(fields.get("token")));
        }
        if (fields.get("ifMatch") instanceof Integer tag) {
            request.header("If-Match", tagsOverHttp.get(tag));
        } else if (fields.containsKey("ifMatch")) {
            request.header("If-Match", String.valueOf(fields.get("ifMatch")));
        }
        HttpReply reply = call.body == null ? request.send() : request.json(call.body);
        // A list is read again over HTTP if it has changed; a channel watches it.
        String tag =
                call.op.equals("find") ? "" : reply.headers().firstValue("ETag").orElse("");
        remember(tagsOverHttp, tag);
        JsonNode body = reply.body().length == 0 ? NullNode.instance : reply.json();
        cursorOverHttp = body.path("next").isTextual() ? body.path("next").textValue() : cursorOverHttp;
        return new Outcome(
                reply.status(),
                comparable(body),
                comparable(tag),
                reply.headers().firstValue("Retry-After").orElse(""));
    }

    private String query(Map<String, Object> fields, String... names) {
        return List.of(names).stream()
                .filter(fields::containsKey)
                .map(name -> {
                    Object value = fields.get(name);
                    return name + "=" + encoded(String.valueOf(CURSOR_OF_LAST_LIST == value ? cursorOverHttp : value));
                })
                .collect(Collectors.joining("&"));
    }

    private Outcome overChannel(Call call) throws InterruptedException {
        ObjectNode message =
                JsonNodeFactory.instance.objectNode().put("id", "the id").put("op", call.op);
        call.fields.forEach((name, value) -> {
            if (name.equals("ifMatch") && value instanceof Integer tag) {
                message.put(name, tagsOverChannel.get(tag));
            } else {
                message.putPOJO(name, CURSOR_OF_LAST_LIST == value ? cursorOverChannel : value);
            }
        });
        String text = message.toString();
        channel.sendText(
                call.body == null ? text : text.substring(0, text.length() - 1) + ",\"body\":" + call.body + "}");
        JsonNode reply = replies.poll(REPLY_SECONDS_MAX, TimeUnit.SECONDS);
        assertThat(reply).as("the reply to %s", call).isNotNull();
        assertThat(reply.path("id").asText()).isEqualTo("the id");
        int status = reply.path("status").intValue();
        assertThat(reply.has("problem")).isEqualTo(status >= 400);
        JsonNode body = reply.path(status >= 400 ? "problem" : "body");
        String tag = reply.path("etag").asText("");
        remember(tagsOverChannel, tag);
        cursorOverChannel = body.path("next").isTextual() ? body.path("next").textValue() : cursorOverChannel;
        return new Outcome(
                status,
                body.isMissingNode() ? NullNode.instance : comparable(body),
                comparable(tag),
                reply.path("retryAfter").asText(""));
    }

    /** Keeps the latest, in the same places for both. */
    private static void remember(List<String> tags, String tag) {
        if (!tag.isEmpty()) {
            tags.add(tag);
            if (tags.size() > TAGS_MAX) {
                tags.remove(1);
            }
        }
    }

    /** Without what is random or belongs to the transport. */
    private static JsonNode comparable(JsonNode body) {
        if (body instanceof ObjectNode object) {
            object.remove(List.of("sessionToken", "iceServers"));
            if (object.path("next").isTextual()) {
                object.put("next", "a cursor");
            }
            if (object.path("code").asText().length() == 22) {
                object.put("code", "a generated code");
            }
            if (object.has("detail") && object.path("status").intValue() == 400) {
                object.remove("detail"); // names a header field or parameter over HTTP, and the field of a message here
            }
        }
        body.forEach(ChannelEquivalenceTest::comparable);
        return body;
    }

    /** Without the incarnation. */
    private static String comparable(String tag) {
        return tag.replaceFirst("^\"[^.]*", "");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    private Call next() {
        var fields = new LinkedHashMap<String, Object>();
        String op = pick(
                "open",
                "open",
                "read",
                "read",
                "answer",
                "answer",
                "trickle",
                "trickle",
                "trickle",
                "restart",
                "extend",
                "close",
                "find",
                "find",
                "ice-servers");
        boolean onSession = !List.of("open", "find", "ice-servers").contains(op);
        if (onSession) {
            fields.put("code", code());
        }
        if (List.of("open", "answer", "trickle", "restart", "extend", "close").contains(op) && !oneIn(10)) {
            fields.put("token", oneIn(25) ? pick("short", "x y z x y z x y z x y z", "t".repeat(600)) : token(op));
        }
        switch (op) {
            case "read" -> {
                if (random.nextBoolean()) {
                    fields.put("after", random.nextInt(5));
                    optional(fields, "limit", () -> pick(1, 2, 1_000));
                }
            }
            case "restart" ->
                optional(
                        fields,
                        "ifMatch",
                        () -> oneIn(4)
                                ? pick("*", "x", "\"0.0.0\"", "W/\"1.1.1\"")
                                : random.nextInt(tagsOverHttp.size()));
            case "find" -> {
                optional(fields, "topic", () -> topic());
                optional(fields, "tag", () -> pick("fast", "slow", "x".repeat(65)));
                optional(fields, "limit", () -> pick(1, 2, 1_000, 1_001));
                optional(fields, "cursor", () -> oneIn(4) ? pick("x", "", "é") : CURSOR_OF_LAST_LIST);
            }
            default -> {}
        }
        String body = switch (op) {
            case "open" ->
                object(
                        "offer",
                        description(),
                        "code",
                        quoted(code()),
                        "topic",
                        quoted(topic()),
                        "peerId",
                        quoted("p"),
                        "tags",
                        pick("[\"fast\"]", "[]", "[\"slow\",\"fast\"]", "[\"\"]", "null"),
                        "ttl",
                        ttl(),
                        "candidates",
                        candidates(),
                        "end",
                        flag());
            case "answer" ->
                object("answer", description(), "generation", generation(), "candidates", candidates(), "end", flag());
            case "trickle" -> object("candidates", candidates(), "generation", generation(), "end", flag());
            case "restart" -> object("offer", description());
            case "extend" -> object("ttl", ttl());
            default -> null;
        };
        return new Call(op, fields, body);
    }

    private void optional(Map<String, Object> fields, String name, Supplier<Object> value) {
        if (random.nextBoolean()) {
            fields.put(name, value.get());
        }
    }

    /** An object whose first member is mostly there, and the others often. */
    private String object(String... namesAndValues) {
        if (oneIn(40)) {
            return pick("[]", "null", "5", "\"x\"", "{", "{\"a\":".repeat(20) + "1" + "}".repeat(20), "{}");
        }
        var members = new ArrayList<String>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (i == 0 ? !oneIn(30) : random.nextInt(3) == 0) {
                members.add(quoted(namesAndValues[i]) + ":" + namesAndValues[i + 1]);
            }
        }
        if (oneIn(40)) {
            members.add("\"unknown\":1");
        }
        if (oneIn(40) && !members.isEmpty()) {
            members.add(members.get(0));
        }
        return "{" + String.join(",", members) + "}";
    }

    private String code() {
        return oneIn(30) ? pick("a b", "é", "x".repeat(128), "x".repeat(129), "~", "...") : "code-" + random.nextInt(6);
    }

    /** Mostly the right one for the side that makes such calls. */
    private String token(String op) {
        boolean answerer = op.equals("answer") || (op.equals("trickle") && random.nextBoolean());
        return "the-own-secret-of-" + (oneIn(8) ? "a stranger" : answerer ? "the-answerer" : "the-offerer");
    }

    private String topic() {
        return oneIn(20) ? pick("", "x".repeat(1_024), "x".repeat(1_025)) : pick("chess", "go", "tea time/é");
    }

    private String description() {
        return oneIn(20)
                ? pick(
                        "5",
                        "null",
                        "\"\"",
                        "{\"type\":\"offer\",\"sdp\":\"x\"}",
                        quoted("x".repeat(65_536)),
                        quoted("x".repeat(65_537)))
                : quoted(pick("one", "two", "three\\r\\n é"));
    }

    private String candidates() {
        return oneIn(15)
                ? pick(
                        "[\"\"]",
                        "[{}]",
                        "[5]",
                        "[null]",
                        "{}",
                        "[{\"candidate\":\"\"}]",
                        "[\"" + "x".repeat(4_096) + "\"]",
                        IntStream.range(0, 65)
                                .mapToObj(i -> "\"c" + i + "\"")
                                .collect(Collectors.joining(",", "[", "]")))
                : pick("[\"c0\"]", "[\"c1\",\"c2\"]", "[{\"candidate\":\"c3\",\"sdpMid\":\"0\"}]", "[]", "null");
    }

    private String ttl() {
        return pick(
                "10",
                "300",
                "300.0",
                "86400",
                "9",
                "86401",
                "-1",
                "\"300\"",
                "1e2",
                "null",
                "300.5",
                "1" + "0".repeat(30));
    }

    private String generation() {
        return pick("1", "1", "2", "3", "0", "-1", "1.5", "null", "99999999999");
    }

    private String flag() {
        return pick("true", "false", "true", "null", "1");
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    @SafeVarargs
    private <T> T pick(T... values) {
        return values[random.nextInt(values.length)];
    }
}
