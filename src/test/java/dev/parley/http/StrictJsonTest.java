package dev.parley.http;

import static dev.parley.http.TestClient.object;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.contract.SqliteProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.nio.charset.Charset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The native API takes JSON at its word: what is unknown, double, of another type or too deep is refused by name. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class StrictJsonTest {
    private final TestClient client = TestClient.ofNewOrigin();

    @ParameterizedTest
    @ValueSource(strings = {"Offer", "sdp", "o\\u0066fer2", "namespace", "sessionToken", "generation"})
    void anUnknownFieldIsNamed(String field) {
        open("{\"offer\":\"x\",\"" + field + "\":1}").isMalformed("\"" + field.replace("\\u0066", "f") + "\"");
    }

    @Test
    void anUnknownFieldIsNamedInEveryCall() {
        HttpSession session = HttpSession.opened();
        String body = "{\"surprise\":1}";
        session.client().put(session.path() + "/answer").json(body).isMalformed("\"surprise\"");
        session.client().patch(session.path()).json(body).isMalformed("\"surprise\"");
        session.client().post(session.path() + "/candidates").json(body).isMalformed("\"surprise\"");
        session.client()
                .put(session.path() + "/offer")
                .header("If-Match", "*")
                .json(body)
                .isMalformed("\"surprise\"");
    }

    @Test
    void aLongOrInvalidNameIsShortenedAndEscaped() {
        HttpReply refused = open("{\"" + "n".repeat(5000) + "\":1}").isMalformed("nnn");
        assertThat(refused.body()).hasSizeLessThan(400);

        assertThat(open("{\"\\u0000\\u001b\\u009f\":1}")
                        .isMalformed("Unknown field")
                        .textAt("/detail"))
                .contains("\"???\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"offer\":\"x\",\"offer\":\"y\"}",
                "{\"offer\":\"x\",\"o\\u0066fer\":\"y\"}",
                "{\"offer\":\"x\",\"topic\":null,\"topic\":null}",
                "{\"offer\":\"x\",\"candidates\":[{\"candidate\":\"c\",\"a\":1,\"a\":1}]}",
                "{\"offer\":\"x\",\"candidates\":[{\"candidate\":\"c\",\"a\":{\"b\":[{\"c\":1,\"c\":2}]}}]}",
            })
    void aDuplicateFieldIsRejected(String body) {
        assertThat(open(body).isProblem(400, "malformed").textAt("/detail")).startsWith("Duplicate field ");
    }

    @Test
    void aDuplicateFieldIsNamed() {
        open("{\"offer\":\"x\",\"offer\":\"y\"}").isMalformed("\"offer\"");
        open("{\"offer\":\"x\",\"candidates\":[{\"sdpMid\":\"1\",\"sdpMid\":\"1\"}]}")
                .isMalformed("Duplicate field \"sdpMid\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            offer      | 1
            offer      | true
            offer      | {}
            offer      | ["x"]
            offer      | 1.5
            topic      | 1
            topic      | true
            topic      | {}
            topic      | ["x"]
            peerId     | 7
            peerId     | false
            code       | 1
            code       | []
            tags       | "red"
            tags       | {}
            tags       | [1]
            tags       | [true]
            tags       | [["x"]]
            tags       | 1
            ttl        | "60"
            ttl        | "sixty"
            ttl        | 60.5
            ttl        | 605e-1
            ttl        | true
            ttl        | [60]
            ttl        | {}
            ttl        | 9223372036854775808
            ttl        | 1e400
            ttl        | 1e999999999
            ttl        | 1e9999999999
            candidates | "c"
            candidates | {}
            candidates | 1
            candidates | [1]
            candidates | [true]
            candidates | [["c"]]
            end        | "true"
            end        | 1
            end        | 0
            end        | []
            end        | {}
            """)
    void aValueOfAnotherTypeIsRejectedByName(String field, String value) {
        String offer = field.equals("offer") ? "" : "\"offer\":\"x\",";
        open("{" + offer + "\"" + field + "\":" + value + "}").isMalformed("\"" + field);
    }

    @ParameterizedTest
    @CsvSource({
        "generation,\"1\"",
        "generation,1.5",
        "generation,2147483648.0",
        "generation,2147483648",
        "generation,true",
        "answer,1",
        "end,1"
    })
    void aValueOfAnotherTypeInAnAnswerIsRejected(String field, String value) {
        HttpSession session = HttpSession.opened();
        String answer = field.equals("answer") ? "" : "\"answer\":\"x\",";
        session.client()
                .put(session.path() + "/answer")
                .json("{" + answer + "\"" + field + "\":" + value + "}")
                .isMalformed("\"" + field);
        assertThat(session.read().at("/answer").isNull()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"ttl\":\"60\"}", "{\"ttl\":60.1}", "{\"ttl\":6e-1}", "{\"ttl\":null}", "{\"ttl\":[]}"})
    void aTimeToLiveOfAnotherTypeIsRejected(String body) {
        HttpSession session = HttpSession.opened();
        session.client()
                .patch(session.path())
                .token(session.offererToken())
                .json(body)
                .isMalformed("\"ttl\"");
    }

    /** JSON has one type of number, so a client in a language that has another one may write it so. */
    @ParameterizedTest
    @ValueSource(strings = {"300", "300.0", "300.000", "3e2", "3E+2", "0.3e3", "30000e-2"})
    void eachSpellingOfAWholeNumberIsAccepted(String ttl) {
        HttpReply opened = open("{\"offer\":\"x\",\"ttl\":" + ttl + "}").is(201);
        HttpReply read = client.get(opened.header("Location")).send();
        assertThat(read.timeAt("/expiresAt"))
                .isEqualTo(read.timeAt("/createdAt").plusSeconds(300));

        HttpSession session = HttpSession.opened();
        session.client()
                .patch(session.path())
                .token(session.offererToken())
                .json("{\"ttl\":" + ttl + "}")
                .is(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "1.0", "0.1e1", "10e-1"})
    void eachSpellingOfAGenerationIsAccepted(String generation) {
        HttpSession session = HttpSession.opened();
        session.client()
                .put(session.path() + "/answer")
                .json("{\"answer\":\"x\",\"generation\":" + generation + "}")
                .is(201);
    }

    @Test
    void aNumberThatIsNotWholeIsRejectedWithTheRule() {
        open("{\"offer\":\"x\",\"ttl\":300.5}").isMalformed("\"ttl\" must be a whole number");
        open("{\"offer\":\"x\",\"ttl\":1e-999999999}").isMalformed("\"ttl\" must be a whole number");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
            {}                                           | "candidate"
            {"sdpMid":"0"}                               | "candidate"
            {"candidate":5}                              | "candidate"
            {"candidate":null}                           | "candidate"
            {"candidate":{"candidate":"c"}}              | "candidate"
            {"candidate":"c","sdpMid":0}                 | "sdpMid"
            {"candidate":"c","sdpMid":["0"]}             | "sdpMid"
            {"candidate":"c","sdpMLineIndex":"0"}        | "sdpMLineIndex"
            {"candidate":"c","sdpMLineIndex":0.5}        | "sdpMLineIndex"
            {"candidate":"c","sdpMLineIndex":true}       | "sdpMLineIndex"
            {"candidate":"c","usernameFragment":1}       | "usernameFragment"
            {"candidate":"c","usernameFragment":{}}      | "usernameFragment"
            ""                                           | "candidates"
            """)
    void invalidCandidatesAreRejectedByField(String candidate, String field) {
        String candidates = "\"candidates\":[\"good\"," + candidate + "]";
        open("{\"offer\":\"x\",\"code\":\"no-candidate\"," + candidates + "}").isMalformed(field);
        client.get("/api/v1/sessions/no-candidate").send().is(404);

        HttpSession session = HttpSession.opened();
        session.client()
                .put(session.path() + "/answer")
                .json("{\"answer\":\"x\"," + candidates + "}")
                .isMalformed(field);
        session.client()
                .post(session.path() + "/candidates")
                .token(session.offererToken())
                .json("{" + candidates + "}")
                .isMalformed(field);
        assertThat(session.read().at("/seq").intValue()).isEqualTo(1);
    }

    /** As {@code JSON.stringify(pc.localDescription)} gives it. */
    @Test
    void aDescriptionObjectIsRejectedWithAdvice() {
        String object = "{\"type\":\"offer\",\"sdp\":\"v=0\"}";
        open("{\"offer\":" + object + "}").isMalformed("send the sdp");

        HttpSession session = HttpSession.opened();
        session.client()
                .put(session.path() + "/answer")
                .json("{\"answer\":" + object + "}")
                .isMalformed("\"answer\" must be the SDP as a string; send the sdp");
        session.client()
                .put(session.path() + "/offer")
                .token(session.offererToken())
                .header("If-Match", "*")
                .json("{\"offer\":" + object + "}")
                .isMalformed("send the sdp");
    }

    @Test
    void listsMustNotContainNull() {
        open("{\"offer\":\"x\",\"tags\":[null]}").isMalformed("\"tags\"");
        open("{\"offer\":\"x\",\"candidates\":[\"c\",null]}").isMalformed("\"candidates\"");
    }

    @Test
    void nullEqualsTheAbsenceOfAnOptionalField() {
        open("{\"offer\":\"x\",\"topic\":null,\"peerId\":null,\"code\":null,\"tags\":null,\"ttl\":null,"
                        + "\"candidates\":null,\"end\":null}")
                .is(201);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "1",
                "\"x\"",
                "[]",
                "[{\"offer\":\"x\"}]",
                "true",
                "{",
                "{\"offer\":\"x\"",
                "{offer:\"x\"}",
                "{'offer':'x'}",
                "{\"offer\":\"x\",}",
                "{\"offer\":\"x\"}}",
                "{\"offer\":\"x\"}{}",
                "{\"offer\":\"x\"} x",
                "{\"offer\":\"x\"}\u0000",
                "{\"offer\":\"x\n\"}",
                "{\"offer\":\"\\x\"}",
                "{\"offer\":\"\\u12\"}",
                "{\"ttl\":01}",
                "{\"ttl\":+1}",
                "{\"ttl\":NaN}",
                "{\"ttl\":0x10}",
                "{\"offer\":\"x\"/**/}",
                "<offer/>",
                "offer=x",
                "\uFEFF{}",
            })
    void onlyJsonObjectsAreAccepted(String body) {
        open(body).isProblem(400, "malformed");
    }

    @Test
    void whitespaceIsIgnored() {
        open(" \r\n\t{ \"offer\" :\n\"x\" }\n ").is(201);
    }

    @Test
    void atMostSixteenLevelsAreAccepted() {
        open(nested(16)).is(201);
        assertThat(open(nested(17)).isProblem(400, "malformed").textAt("/detail"))
                .contains("deep");
        open(nested(5000)).isProblem(400, "malformed");
        open("[".repeat(200_000)).isProblem(400, "malformed");
    }

    /** A body of that many levels: the body's own, the list of candidates, and the rest in one candidate. */
    private static String nested(int levels) {
        int inner = levels - 3;
        return "{\"offer\":\"x\",\"candidates\":[{\"candidate\":\"c\",\"a\":" + "[".repeat(inner) + "]".repeat(inner)
                + "}]}";
    }

    /** Without a byte order mark, zeros between the characters reveal other encodings. */
    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"})
    void otherEncodingsAreRejected(String encoding) {
        Charset other = Charset.forName(encoding);
        openBytes("{\"offer\":\"x\"}".getBytes(other)).isMalformed("not JSON");
        openBytes("{\"offer\":\"x\",\"candidates\":[{\"candidate\":\"c\"}]}".getBytes(other))
                .isMalformed("not JSON");
        openBytes(bytes("\u0015\u0000\u0000\u0000", "ner\":1}".getBytes(other), ""))
                .isMalformed("not JSON");
    }

    @Test
    void aByteOrderMarkIsIgnored() {
        String body = "\ufeff{\"offer\":\"x\",\"candidates\":[{\"candidate\":\"caf\u00e9\"}]}";
        HttpReply opened = openBytes(body.getBytes(UTF_8)).is(201);
        assertThat(client.get("/api/v1/sessions/" + opened.textAt("/code"))
                        .send()
                        .textAt("/offerCandidates/0/candidate"))
                .isEqualTo("caf\u00e9");
    }

    @Test
    void invalidUtf8IsRejected() {
        openBytes("{\"offer\":\"caf\u00e9\"}".getBytes(ISO_8859_1)).isMalformed("UTF-8");
        openBytes("{\"offer\":\"x\"}".getBytes(UTF_16)).isMalformed("UTF-8");
        openBytes(bytes("{\"offer\":\"", new byte[] {(byte) 0xc0, (byte) 0x80}, "\"}"))
                .isMalformed("UTF-8");
        openBytes(bytes("{\"offer\":\"", new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, "\"}"))
                .isMalformed("UTF-8");
        openBytes(bytes("{\"offer\":\"", new byte[] {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80}, "\"}"))
                .isMalformed("UTF-8");
        openBytes(bytes("{\"offer\":\"x\"}", new byte[] {(byte) 0xff}, "")).isMalformed("UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud800", "\\udc00", "a\\ud83dz", "\\ude00\\ud83d", "\\ud83d\\ud83d\\ude00"})
    void halfASurrogatePairIsRejected(String half) {
        open("{\"offer\":\"" + half + "\"}").isMalformed("surrogate");
        open("{\"offer\":\"x\",\"candidates\":[\"" + half + "\"]}").isMalformed("surrogate");
        open("{\"offer\":\"x\",\"topic\":\"" + half + "\"}").isOutOfBounds("topic");
        open("{\"offer\":\"x\",\"peerId\":\"" + half + "\"}").isOutOfBounds("peerId");
        open("{\"offer\":\"x\",\"topic\":\"t\",\"tags\":[\"" + half + "\"]}").isOutOfBounds("tags");
        open("{\"offer\":\"x\",\"code\":\"" + half + "\"}").isOutOfBounds("code");
    }

    @Test
    void aRefusalChangesNothing() {
        open("{\"offer\":\"x\",\"code\":\"c\",\"surprise\":1}").is(400);
        open("{\"offer\":\"x\",\"code\":\"c\"} x").is(400);

        client.get("/api/v1/sessions/c").send().is(404);
        client.post("/api/v1/sessions").json(object("offer", "x", "code", "c")).is(201);
    }

    private HttpReply open(String body) {
        return openBytes(body.getBytes(UTF_8));
    }

    private HttpReply openBytes(byte[] body) {
        return client.post("/api/v1/sessions").json(body);
    }

    private static byte[] bytes(String before, byte[] middle, String after) {
        byte[] start = before.getBytes(UTF_8);
        byte[] end = after.getBytes(UTF_8);
        byte[] all = new byte[start.length + middle.length + end.length];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(middle, 0, all, start.length, middle.length);
        System.arraycopy(end, 0, all, start.length + middle.length, end.length);
        return all;
    }
}
