package dev.parley.http;

import static dev.parley.http.TestClient.object;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.LogCapture;
import dev.parley.TestSeed;
import dev.parley.contract.SqliteProfile;
import dev.parley.http.filter.RequestRatesTest;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Deliberate attacks: SQL in each field, log injection, endless heads. Forged addresses are in {@link RequestRatesTest}, guessed codes in
 * {@link GuessLimitTest}, slow connections in {@link SlowClientsTest}, malformed input in {@link BadInputTest} and {@link StrictJsonTest}.
 */
@Tag("integration")
@QuarkusTest
@TestProfile(SqliteProfile.class)
class AttackTest {
    private static final int PAYLOADS = 2_000;
    private static final int PER_SESSION = 4;
    private static final int GUESSES = 500;

    private static final List<String> BREAKING_OUT = List.of(
            "'", "\"", "`", "''", "\\'", "')", "'))", "\")", "';", "\";", "%27", "\u2019", "' ", "'/**/", "0", "1)",
            "x'");

    private static final List<String> DOING = List.of(
            "OR 1=1",
            "OR '1'='1",
            "AND 1=2",
            "; DROP TABLE sessions",
            "; DELETE FROM events",
            "; UPDATE sessions SET answered=1",
            "UNION SELECT 1,2,3,4,5",
            "UNION ALL SELECT secret FROM history",
            "|| (SELECT secret FROM history) ||",
            "; ATTACH DATABASE '/tmp/x' AS x",
            "; PRAGMA writable_schema=1",
            "; SELECT load_extension('x')",
            "; SELECT pg_sleep(9)",
            "; COPY sessions TO PROGRAM 'id'",
            "RETURNING *",
            "ON CONFLICT DO UPDATE SET code='x'",
            "ORDER BY (SELECT randomblob(1000000000))",
            "LIMIT -1",
            "ESCAPE '\\'",
            "COLLATE NOCASE",
            "?1",
            ":namespace",
            "$1",
            "%",
            "_",
            "{fn now()}",
            "${x}");

    private static final List<String> ENDING =
            List.of("", "--", "-- ", "#", "/*", ";", ";--", "'", "\"", ")", "\\", "\n--");

    private final Random random = TestSeed.of(AttackTest.class).random();
    private final TestClient client = TestClient.ofNewOrigin();

    @Test
    void sqlIsStoredAsTextInEachField() {
        HttpSession bystander = HttpSession.opened();
        for (int i = 0; i < PAYLOADS; i += PER_SESSION) {
            String topic = payload() + i;
            String peerId = payload();
            String tag = shortened(payload().replace('\n', ' ')).strip() + "x";
            String sdp = payload();
            HttpReply opened = client.post("/api/v1/sessions")
                    .json(object(
                            "offer",
                            sdp,
                            "topic",
                            topic,
                            "peerId",
                            peerId,
                            "tags",
                            List.of(tag),
                            "candidates",
                            List.of(sdp)))
                    .is(201);

            JsonNode read = client.get(opened.header("Location")).send().is(200).json();
            assertThat(read.path("offer").textValue()).isEqualTo(sdp);
            assertThat(read.path("topic").textValue()).isEqualTo(topic);
            assertThat(read.path("peerId").textValue()).isEqualTo(peerId);
            assertThat(read.at("/tags/0").textValue()).isEqualTo(tag);
            String filters = "?topic=" + encoded(topic) + "&tag=" + encoded(tag);
            assertThat(client.get("/api/v1/sessions" + filters).send().is(200).at("/items"))
                    .hasSize(1);
            assertThat(client.get("/api/v1/topics?prefix=" + encoded(topic))
                            .send()
                            .is(200)
                            .at("/items/0/sessions")
                            .intValue())
                    .isEqualTo(1);
        }
        assertThat(bystander.read().is(200).at("/seq").longValue()).isEqualTo(1);
    }

    @Test
    void sqlIsStoredAsTextInTheCompatibleApi() {
        HttpSession bystander = HttpSession.opened();
        for (int i = 0; i < PAYLOADS; i += PER_SESSION) {
            TestClient page = TestClient.of(i + payload().replaceAll("[^ -~]", ""));
            String topic = payload() + i;
            String sdp = payload();
            String topicPath = "/" + encoded(topic);
            String code = page.post(topicPath + "/offer")
                    .json(object("peerId", payload(), "offer", sdp))
                    .is(200)
                    .textAt("/code");
            assertThat(page.get(topicPath + "/sessions").send().is(200).textAt("/sessions/0/offer"))
                    .isEqualTo(sdp);
            for (String field : List.of("answer", "candidate")) {
                page.post("/answer")
                        .json(object("code", code, "side", "answerer", field, sdp))
                        .is(200);
            }
            HttpReply polled = page.post("/poll")
                    .json(object("code", code, "side", "offerer"))
                    .is(200);
            assertThat(polled.textAt("/answer")).isEqualTo(sdp);
            assertThat(polled.textAt("/answerCandidates/0")).isEqualTo(sdp);
        }
        assertThat(bystander.read().is(200).at("/seq").longValue()).isEqualTo(1);
    }

    /**
     * Goal: the time of a reply does not reveal whether a session of another namespace exists. Method: calls for existing and unknown sessions, in random
     * order, so that both have the same neighbours; were the one slower, a pair of them would show it in more than half of all pairs.
     */
    @Test
    void foreignSessionsTakeAsLongAsUnknownOnes() {
        var codes = new ArrayList<String>();
        var foreign = new HashSet<String>();
        for (int i = 0; i < GUESSES; i++) {
            foreign.add(HttpSession.opened().code());
            codes.add(HttpSession.newCode());
        }
        codes.addAll(foreign);
        Collections.shuffle(codes, random);
        var foreignNanos = new ArrayList<Long>();
        var unknownNanos = new ArrayList<Long>();
        for (String code : codes) {
            long begun = System.nanoTime();
            client.get("/api/v1/sessions/" + code).send().is(404);
            (foreign.contains(code) ? foreignNanos : unknownNanos).add(System.nanoTime() - begun);
        }
        long slower = foreignNanos.stream()
                .mapToLong(nanos ->
                        unknownNanos.stream().filter(other -> nanos > other).count())
                .sum();
        assertThat(slower / (double) (GUESSES * GUESSES)).isBetween(0.4, 0.6);
    }

    @Test
    void sqlIsRejectedAsCodeCursorAndToken() {
        HttpSession session = HttpSession.opened();
        for (int i = 0; i < PAYLOADS / 10; i++) {
            String payload = encoded(payload());
            session.client().get("/api/v1/sessions/" + payload).send().is(404);
            session.client().get("/api/v1/sessions?cursor=" + payload).send().is(400);
            session.client()
                    .get(session.path() + "/events?after=" + payload)
                    .send()
                    .isMalformed("after");
            session.client()
                    .delete(session.path())
                    .token(payload.replace("%", ""))
                    .send();
            session.client()
                    .post("/poll")
                    .json(object("code", payload(), "side", "offerer"))
                    .isError(404);
        }
        assertThat(session.read().is(200).at("/seq").longValue()).isEqualTo(1);
    }

    @Test
    void requestsCannotInjectLogLines() throws IOException {
        try (LogCapture log = LogCapture.at("")) {
            String forged = "x\r\n2026-11-25 00:00:00 ERROR forged";
            client.post("/api/v1/sessions")
                    .json(object("offer", forged, "topic", forged, forged, 1))
                    .is(400);
            client.post("/api/v1/sessions")
                    .json(object("offer", forged, "topic", forged, "peerId", forged))
                    .is(201);
            client.get("/api/v1/sessions/" + encoded(forged)).send().is(404);
            client.get("/" + encoded(forged) + "/sessions").send().is(200);
            for (String header : List.of("Origin", "Session-Token", "X-Forwarded-For", "User-Agent", "x-d1-bookmark")) {
                RawConnection.exchange(
                        "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + header + ": x\n forged\r\n\r\n");
                RawConnection.exchange("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + header
                        + ": x\u0085forged\r\n\r\n");
            }
            assertThat(log.messages()).noneMatch(line -> line.contains("forged"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Long: ", "Cookie: a=", "Authorization: Bearer ", "Session-Token: ", "Origin: https://"})
    void aHeaderOfOneMegabyteIsRejected(String begun) throws IOException {
        try (var connection = new RawConnection()) {
            connection.send("GET /health HTTP/1.1\r\nHost: x\r\n" + begun + "x".repeat(1 << 20) + "\r\n\r\n");
            assertThat(connection.receive().map(HttpReply::status).orElse(431)).isEqualTo(431);
            assertThat(connection.ends()).isTrue();
        }
    }

    @Test
    void tenThousandHeadersAreRejected() throws IOException {
        var head = new StringBuilder("GET /health HTTP/1.1\r\nHost: x\r\n");
        for (int i = 0; i < 10_000; i++) {
            head.append("X-").append(i).append(": x\r\n");
        }
        assertThat(RawConnection.exchange(head + "\r\n").map(HttpReply::status).orElse(431))
                .isEqualTo(431);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRACE", "PROPFIND", "MKCOL", "PURGE", "DEBUG", "get", "X"})
    void unknownMethodsAreRejected(String method) throws IOException {
        for (String path : List.of("/api/v1/sessions", "/api/v1/topics", "/poll", "/health", "/")) {
            HttpReply refused = RawConnection.exchange(
                            method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    .orElseThrow();
            assertThat(refused.status()).as("%s %s", method, path).isEqualTo(405);
        }
    }

    private String payload() {
        var parts = new ArrayList<String>();
        parts.add(pick(BREAKING_OUT));
        for (int i = random.nextInt(3); i >= 0; i--) {
            parts.add(pick(DOING));
        }
        return String.join(random.nextBoolean() ? " " : "/**/", parts) + pick(ENDING);
    }

    private String pick(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private static String shortened(String text) {
        return text.substring(0, Math.min(60, text.length()));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }
}
