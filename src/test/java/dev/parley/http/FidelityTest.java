package dev.parley.http;

import static dev.parley.http.TestClient.object;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.TestSeed;
import dev.parley.contract.SqliteProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What peers say to each other passes through unchanged: SDP byte for byte, candidates as they came. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class FidelityTest {
    private final TestClient client = TestClient.ofNewOrigin();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\n",
                "line\nline\rline\r\n\r\n",
                " leading and trailing \t",
                "quotes \" and \\ backslashes \\\" \\n \\u0041",
                "a=ssrc:1 cname:/<>&'`{}[]",
                "\u0001\u0002\b\f\t\u001f\u007f\u0080\u009f\u2028\u2029\uFEFF\uFFFD\uFFFF",
                "s=Zoë 名前 имя \uD83D\uDE00\uD83D\uDC69\u200D\uD83D\uDCBB e\u0301",
                "\u0000",
                "null",
                "{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\"}",
            })
    void aDescriptionIsReturnedByteForByte(String sdp) {
        HttpSession session =
                new HttpSession(client, HttpSession.newCode(), HttpSession.newToken(), HttpSession.newToken());
        client.post("/api/v1/sessions")
                .token(session.offererToken())
                .json(object("offer", sdp, "code", session.code(), "topic", "t"))
                .is(201);
        assertThat(client.get("/t/sessions").send().textAt("/sessions/0/offer")).isEqualTo(sdp);
        client.put(session.path() + "/answer").json(object("answer", sdp)).is(201);

        assertThat(session.read().textAt("/offer")).isEqualTo(sdp);
        assertThat(session.read().textAt("/answer")).isEqualTo(sdp);
        assertThat(session.events().textAt("/events/0/offer")).isEqualTo(sdp);
        assertThat(session.events().textAt("/events/1/answer")).isEqualTo(sdp);
        assertThat(poll(session, "offerer").textAt("/answer")).isEqualTo(sdp);
        assertThat(poll(session, "answerer").textAt("/offer")).isEqualTo(sdp);
    }

    @Test
    void escapesAreDecoded() {
        HttpReply opened = client.post("/api/v1/sessions")
                .json("{\"offer\":\"\\u0076\\u003d0\\r\\n\\/\\ud83d\\ude00\\u00e9\"}")
                .is(201);

        assertThat(client.get(opened.header("Location")).send().textAt("/offer"))
                .isEqualTo("v=0\r\n/\uD83D\uDE00é");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"candidate\":\"\"}",
                "{\"candidate\":\"candidate:1 1 udp 1 192.0.2.1 1 typ host\",\"sdpMid\":\"0\",\"sdpMLineIndex\":0}",
                "{\"sdpMLineIndex\":0,\"sdpMid\":\"0\",\"candidate\":\"\"}",
                "{\"z\":1,\"candidate\":\"c\",\"a\":2,\"m\":3}",
                "{\"candidate\":\"c\",\"n\":[1e2,1E+2,1.0,1.00,-0,-0.0,0.1e-7,123456789012345678901234567890,1.7976931348623157e309]}",
                "{ \"spaced\" : [ 1 , 2 ] ,\t\"b\":{ } ,\"candidate\":\t\"c\" }",
                "{\"candidate\":\"c\",\"nested\":{\"candidate\":5,\"deep\":[{\"er\":[[],{},null,true,false]}]}}",
                "{\"candidate\":\"\\u0041\\/\\n\\ud83d\\ude00\\\"\\\\\"}",
                "{\"\\u0063andidate\":\"c\",\"\\u006bey\":1,\"\":2,\"名\":\"\uD83D\uDE00 é\"}",
                "{\"candidate\":\"c\",\"sdpMid\":null,\"sdpMLineIndex\":null,\"usernameFragment\":null}",
                "{\"candidate\":\"c\",\"sdpMLineIndex\":0.0,\"usernameFragment\":\"u\"}",
                "\"candidate:1 1 udp 1 192.0.2.1 1 typ host\"",
                "\"\\u0041 \\/ \\n \\ud83d\\ude00 \\\" \\\\ \uD83D\uDE00 é \\u0000\"",
                "\"{\\\"candidate\\\":\\\"x\\\"}\"",
            })
    void aCandidateIsReturnedAsItWasSent(String candidate) {
        HttpSession session = HttpSession.opened(client);
        session.client()
                .post(session.path() + "/candidates")
                .token(session.offererToken())
                .json("{\"candidates\": [ \"before\" ,\n " + candidate + " , \"after\" ]}")
                .is(201);

        String all = "[\"before\"," + candidate + ",\"after\"]";
        assertThat(session.read().text()).contains("\"offerCandidates\":" + all);
        assertThat(session.events().text()).contains("\"candidate\":" + candidate + "}");
    }

    @Test
    void aCandidateInAnotherSpellingIsAnother() {
        HttpSession session = HttpSession.opened(client);
        HttpReply added = session.client()
                .post(session.path() + "/candidates")
                .token(session.offererToken())
                .json("{\"candidates\":[" + written("\"a\":1,\"b\":2") + "," + written("\"b\":2,\"a\":1") + ","
                        + written("\"a\":1.0,\"b\":2") + "," + written("\"a\":1,\"b\":2") + "]}")
                .is(201);

        assertThat(added.at("/added").intValue()).isEqualTo(3);
    }

    private static String written(String members) {
        return "{\"candidate\":\"c\"," + members + "}";
    }

    @Test
    void randomTextsAreReturnedUnchanged() {
        Random random = TestSeed.of(FidelityTest.class).random();
        for (int i = 0; i < 40; i++) {
            String sdp = randomText(random);
            String candidate = randomText(random);
            HttpReply opened = client.post("/api/v1/sessions")
                    .json(object("offer", sdp, "peerId", "p", "candidates", List.of(candidate)))
                    .is(201);
            HttpReply read = client.get(opened.header("Location")).send().is(200);
            assertThat(read.textAt("/offer")).as("text %d", i).isEqualTo(sdp);
            assertThat(read.textAt("/offerCandidates/0")).as("text %d", i).isEqualTo(candidate);
        }
    }

    /** 1 to 400 characters of all planes and of all lengths in UTF-8, controls included. */
    private static String randomText(Random random) {
        int[] ends = {0x80, 0x800, 0xd800, 0x110000};
        var text = new StringBuilder();
        for (int left = 1 + random.nextInt(400); left > 0; left--) {
            int c = random.nextInt(ends[random.nextInt(ends.length)]);
            text.appendCodePoint(c >= 0xd800 && c < 0xe000 ? 'x' : c);
        }
        assertThat(new String(text.toString().getBytes(UTF_8), UTF_8)).isEqualTo(text.toString());
        return text.toString();
    }

    private HttpReply poll(HttpSession session, String side) {
        return client.post("/poll")
                .json(object("code", session.code(), "side", side))
                .is(200);
    }
}
