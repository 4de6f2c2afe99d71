package dev.parley.http;

import static dev.parley.http.TestClient.object;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.contract.SqliteProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each bound of the contract, one below, at, and one above it; a refusal changes nothing. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class BoundsTest {
    private static final String EMOJI = "\uD83D\uDE00";
    private static final int BODY_MAX = 262_144;

    private final TestClient client = TestClient.ofNewOrigin();

    static Stream<ObjectNode> allowed() {
        return Stream.of(
                object("offer", "x"),
                object("offer", "x".repeat(65_535)),
                object("offer", "x".repeat(65_536)),
                object("offer", EMOJI.repeat(16_384)),
                object("offer", "x", "topic", "t"),
                object("offer", "x", "topic", "t".repeat(1023)),
                object("offer", "x", "topic", "t".repeat(1024)),
                object("offer", "x", "topic", EMOJI.repeat(1024)),
                object("offer", "x", "topic", "\u0001\n\u007f"),
                object("offer", "x", "peerId", ""),
                object("offer", "x", "peerId", "p".repeat(1023)),
                object("offer", "x", "peerId", "p".repeat(1024)),
                object("offer", "x", "peerId", EMOJI.repeat(1024)),
                object("offer", "x", "code", "c"),
                object("offer", "x", "code", "c".repeat(127)),
                object("offer", "x", "code", "c".repeat(128)),
                object("offer", "x", "tags", List.of()),
                object("offer", "x", "tags", tags(15)),
                object("offer", "x", "tags", tags(16)),
                object("offer", "x", "tags", List.of("t".repeat(63))),
                object("offer", "x", "tags", List.of("t".repeat(64), EMOJI.repeat(64))),
                object("offer", "x", "ttl", 10),
                object("offer", "x", "ttl", 11),
                object("offer", "x", "ttl", 86_399),
                object("offer", "x", "ttl", 86_400),
                object("offer", "x", "candidates", candidates(63)),
                object("offer", "x", "candidates", candidates(64)),
                object("offer", "x", "candidates", List.of("c")),
                object(
                        "offer",
                        "x",
                        "candidates",
                        List.of(stringOf(4095), stringOf(4096), objectOf(4095), objectOf(4096))));
    }

    @ParameterizedTest
    @MethodSource("allowed")
    void valuesAtTheBoundAreAccepted(ObjectNode body) {
        HttpReply opened = client.post("/api/v1/sessions").json(body).is(201);

        HttpReply read = client.get(opened.header("Location")).send().is(200);
        body.properties().forEach(field -> {
            if (List.of("offer", "topic", "peerId", "code", "tags").contains(field.getKey())) {
                assertThat(read.at("/" + field.getKey())).isEqualTo(field.getValue());
            }
        });
    }

    static Stream<ObjectNode> refused() {
        return Stream.of(
                object("offer", "", "code", "refused"),
                object("offer", "x".repeat(65_537), "code", "refused"),
                object("offer", EMOJI.repeat(16_384) + "x", "code", "refused"),
                object("topic", "", "offer", "x", "code", "refused"),
                object("topic", "t".repeat(1025), "offer", "x", "code", "refused"),
                object("topic", EMOJI.repeat(1025), "offer", "x", "code", "refused"),
                object("topic", "a\u0000b", "offer", "x", "code", "refused"),
                object("peerId", "p".repeat(1025), "offer", "x", "code", "refused"),
                object("peerId", EMOJI.repeat(1025), "offer", "x", "code", "refused"),
                object("peerId", "\u0000", "offer", "x", "code", "refused"),
                object("code", "", "offer", "x"),
                object("code", "c".repeat(129), "offer", "x"),
                object("code", "a b", "offer", "x"),
                object("code", ".", "offer", "x"),
                object("code", "..", "offer", "x"),
                object("code", "a/b", "offer", "x"),
                object("code", "a%20b", "offer", "x"),
                object("code", "caf\u00e9", "offer", "x"),
                object("code", "\u0430", "offer", "x"),
                object("code", "a\u0000", "offer", "x"),
                object("tags", tags(17), "offer", "x", "code", "refused"),
                object("tags", List.of("t".repeat(65)), "offer", "x", "code", "refused"),
                object("tags", List.of(EMOJI.repeat(65)), "offer", "x", "code", "refused"),
                object("tags", List.of(""), "offer", "x", "code", "refused"),
                object("tags", List.of("a\nb"), "offer", "x", "code", "refused"),
                object("tags", List.of("a\u0000b"), "offer", "x", "code", "refused"),
                object("ttl", 9, "offer", "x", "code", "refused"),
                object("ttl", 86_401, "offer", "x", "code", "refused"),
                object("ttl", 0, "offer", "x", "code", "refused"),
                object("ttl", -1, "offer", "x", "code", "refused"),
                object("ttl", Long.MAX_VALUE, "offer", "x", "code", "refused"),
                object("ttl", Long.MIN_VALUE, "offer", "x", "code", "refused"),
                object("candidates", candidates(65), "offer", "x", "code", "refused"),
                object("candidates", List.of(stringOf(4097)), "offer", "x", "code", "refused"),
                object("candidates", List.of(objectOf(4097)), "offer", "x", "code", "refused"));
    }

    /** The first field of each body is the one at fault. */
    @ParameterizedTest
    @MethodSource("refused")
    void valuesBeyondTheBoundAreRejectedByField(ObjectNode body) {
        client.post("/api/v1/sessions")
                .json(body)
                .isOutOfBounds(body.fieldNames().next());
        client.get("/api/v1/sessions/refused").send().is(404);
    }

    @Test
    void anAnswerHasTheBoundsOfAnOffer() {
        HttpSession session = HttpSession.opened();
        String path = session.path() + "/answer";

        session.client().put(path).json(object("answer", "x".repeat(65_537))).isOutOfBounds("answer");
        session.client().put(path).json(object("answer", EMOJI.repeat(16_385))).isOutOfBounds("answer");
        session.client()
                .put(path)
                .json(object("answer", "x", "candidates", candidates(65)))
                .isOutOfBounds("candidates");
        session.client()
                .put(path)
                .json(object("answer", "x", "candidates", List.of(stringOf(4097))))
                .isOutOfBounds("candidates");
        assertThat(session.read().at("/seq").longValue()).isEqualTo(1);
        session.client()
                .put(path)
                .json(object("answer", EMOJI.repeat(16_384), "candidates", candidates(64)))
                .is(201);
    }

    @Test
    void aNewOfferHasTheBoundsOfTheFirst() {
        HttpSession session = HttpSession.opened();

        session.renegotiate("*", "x".repeat(65_537)).isOutOfBounds("offer");
        session.renegotiate("*", "x".repeat(65_536)).is(200);
    }

    @ParameterizedTest
    @ValueSource(longs = {9, 86_401, 0, -1, Long.MAX_VALUE})
    void aTimeToLiveOutOfBoundsIsRejected(long ttl) {
        HttpSession session = HttpSession.opened();
        session.client()
                .patch(session.path())
                .token(session.offererToken())
                .json(object("ttl", ttl))
                .isOutOfBounds("ttl");
    }

    @Test
    void aTimeToLiveAtItsBoundsIsGranted() {
        HttpSession session = HttpSession.opened();
        for (int ttl : new int[] {10, 11, 86_399, 86_400}) {
            session.client()
                    .patch(session.path())
                    .token(session.offererToken())
                    .json(object("ttl", ttl))
                    .is(200);
        }
    }

    @Test
    void aSideHasAtMostTwoHundredAndFiftySixCandidatesAGeneration() {
        HttpSession session = HttpSession.answered();
        String token = session.offererToken();
        for (int i = 0; i < 4; i++) {
            session.trickle(token, object("candidates", candidates(i * 64, i == 3 ? 63 : 64)))
                    .is(201);
        }
        assertThat(session.read().at("/offerCandidates")).hasSize(255);
        session.trickle(token, object("candidates", List.of("x", "y"))).isOutOfBounds("candidates");
        assertThat(session.read().at("/offerCandidates")).hasSize(255);
        session.trickle(token, object("candidates", List.of("x"))).is(201);
        session.trickle(token, object("candidates", List.of("y"))).isOutOfBounds("candidates");

        assertThat(session.trickle(token, object("candidates", List.of("x"), "end", true))
                        .is(201)
                        .at("/added")
                        .intValue())
                .as("a retry needs no room")
                .isZero();
        session.trickle(session.answererToken(), object("candidates", candidates(64)))
                .is(201);
        session.renegotiate("*", "again").is(200);
        session.trickle(token, object("candidates", List.of("y"))).is(201);
    }

    @Test
    void aBodyHasAtMostItsBound() {
        client.post("/api/v1/sessions").json(bodyOf(BODY_MAX - 1)).is(201);
        client.post("/api/v1/sessions").json(bodyOf(BODY_MAX)).is(201);
        HttpReply refused =
                client.post("/api/v1/sessions").json(bodyOf(BODY_MAX + 1)).isProblem(413, "body-too-large");

        assertThat(refused.textAt("/detail")).contains("262144");
        client.post("/api/v1/sessions").json(bodyOf(2 * BODY_MAX)).isProblem(413, "body-too-large");
        client.post("/api/v1/sessions").json(bodyOf(20 * BODY_MAX)).isProblem(413, "body-too-large");
    }

    @Test
    void aChunkedBodyHasTheSameBound() {
        chunked(bodyOf(BODY_MAX - 1)).is(201);
        chunked(bodyOf(BODY_MAX)).is(201);
        chunked(bodyOf(BODY_MAX + 1)).isProblem(413, "body-too-large");
        chunked(bodyOf(2 * BODY_MAX)).isProblem(413, "body-too-large");
        chunked(bodyOf(20 * BODY_MAX)).isProblem(413, "body-too-large");
        chunked(bodyOf(100)).is(201);
    }

    private HttpReply chunked(byte[] body) {
        return client.post("/api/v1/sessions")
                .header("Content-Type", "application/json")
                .send(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)));
    }

    /** A good body of that many bytes, made up with white space. */
    private static byte[] bodyOf(int bytes) {
        String object = "{\"offer\":\"x\"}";
        return (object + " ".repeat(bytes - object.length())).getBytes(UTF_8);
    }

    private static List<String> tags(int count) {
        return IntStream.range(0, count).mapToObj(i -> "tag" + i).toList();
    }

    private static List<String> candidates(int count) {
        return candidates(0, count);
    }

    private static List<String> candidates(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(i -> "candidate" + i)
                .toList();
    }

    /** A string that has that many bytes as JSON. */
    private static String stringOf(int bytes) {
        return "x".repeat(bytes - 2);
    }

    /** An object that has that many bytes as JSON. */
    private static ObjectNode objectOf(int bytes) {
        return object("candidate", "x".repeat(bytes - "{\"candidate\":\"\"}".length()));
    }
}
