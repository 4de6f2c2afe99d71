package dev.parley.http.rondevu;

import static dev.parley.http.HttpSession.ANSWER;
import static dev.parley.http.HttpSession.OFFER;
import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.contract.MovableClock;
import dev.parley.contract.SqliteProfile;
import dev.parley.http.HttpReply;
import dev.parley.http.HttpSession;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** POST /{topic}/offer and GET /{topic}/sessions: an offer is stored under any topic. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class RondevuOfferTest {
    private static final String EMOJI = "\uD83D\uDE00";

    @Inject
    MovableClock clock;

    private final Rondevu rondevu = Rondevu.ofNewOrigin();

    @Test
    void anOfferGetsOnlyACode() {
        HttpReply opened = rondevu.offer("chess", object("peerId", "alice", "offer", OFFER))
                .is(200);

        assertThat(opened.json()).isEqualTo(object("code", opened.textAt("/code")));
        assertThat(opened.textAt("/code")).matches("[A-Za-z0-9_-]{22}");
        assertThat(opened.mediaType()).isEqualTo("application/json");
    }

    @Test
    void aSessionIsListedWithItsOfferAndItsTimesInMilliseconds() {
        String code = rondevu.opened("chess");
        rondevu.candidate(code, "offerer", "c1").is(200);
        long now = clock.millis();

        assertThat(rondevu.sessions("chess").is(200).json())
                .isEqualTo(object(
                        "sessions",
                        List.of(object(
                                "code",
                                code,
                                "peerId",
                                "alice",
                                "offer",
                                OFFER,
                                "offerCandidates",
                                List.of("c1"),
                                "createdAt",
                                now,
                                "expiresAt",
                                now + 300_000))));
    }

    @Test
    void unansweredSessionsAreListedNewestFirst() {
        String expired = rondevu.opened("chess");
        clock.advance(Duration.ofSeconds(299));
        String first = rondevu.opened("chess");
        String answered = rondevu.opened("chess");
        String last = rondevu.opened("chess");
        rondevu.opened("go");
        rondevu.answer(answered, ANSWER).is(200);
        assertThat(codes("chess")).containsExactly(last, first, expired);

        clock.advance(Duration.ofSeconds(1));
        assertThat(codes("chess")).containsExactly(last, first);
        assertThat(codes("none")).isEmpty();
    }

    @Test
    void aChosenCodeIsUsed() {
        String code = HttpSession.newCode();
        HttpReply opened = rondevu.offer("chess", object("peerId", "alice", "offer", OFFER, "code", code))
                .is(200);

        assertThat(opened.textAt("/code")).isEqualTo(code);
    }

    @Test
    void aRepeatedRequestIsAReplay() {
        var body = object("peerId", "alice", "offer", OFFER, "code", HttpSession.newCode());
        HttpReply first = rondevu.offer("chess", body).is(200);
        HttpReply again = rondevu.offer("chess", body).is(200);

        assertThat(again.text()).isEqualTo(first.text());
        assertThat(codes("chess")).hasSize(1);
    }

    @Test
    void aTakenCodeIsRejected() {
        String code = HttpSession.newCode();
        rondevu.offer("chess", object("peerId", "alice", "offer", OFFER, "code", code))
                .is(200);

        rondevu.offer("chess", object("peerId", "bob", "offer", OFFER, "code", code))
                .isError(409);
        rondevu.offer("chess", object("peerId", "alice", "offer", "other", "code", code))
                .isError(409);
        assertThat(rondevu.poll(code, "answerer").textAt("/offer")).isEqualTo(OFFER);
    }

    @Test
    void theCodeOfANativeSessionIsTaken() {
        HttpSession session = HttpSession.opened(rondevu.client());

        rondevu.offer("chess", object("peerId", "alice", "offer", OFFER, "code", session.code()))
                .isError(409);
    }

    @Test
    void unknownFieldsAreIgnored() {
        rondevu.offer("chess", object("peerId", "a", "offer", "o", "ttl", "soon", "info", List.of(1), "secret", null))
                .is(200);
    }

    @Test
    void anEmptyCodeCountsAsAbsent() {
        assertThat(rondevu.offer("chess", object("peerId", "a", "offer", "o", "code", ""))
                        .is(200)
                        .textAt("/code"))
                .hasSize(22);
    }

    static Stream<ObjectNode> refused() {
        return Stream.of(
                object(),
                object("peerId", "a"),
                object("offer", "o"),
                object("peerId", "", "offer", "o"),
                object("peerId", "a", "offer", ""),
                object("peerId", null, "offer", "o"),
                object("peerId", "a", "offer", null),
                object("peerId", 1, "offer", "o"),
                object("peerId", "a", "offer", 1),
                object("peerId", "a", "offer", object("sdp", "o")),
                object("peerId", "a", "offer", "o", "code", 1),
                object("peerId", "a", "offer", "o", "code", "a b"),
                object("peerId", "a", "offer", "o", "code", "."),
                object("peerId", "a", "offer", "o", "code", ".."),
                object("peerId", "a", "offer", "o", "code", "c".repeat(129)),
                object("peerId", "p".repeat(1025), "offer", "o"),
                object("peerId", "a\u0000", "offer", "o"),
                object("peerId", "a", "offer", "o".repeat(65_537)));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void incompleteOrTooLongOffersAreRejected(ObjectNode body) {
        rondevu.offer("chess", body).isError(400);
        assertThat(codes("chess")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "null", "[]", "{", "{}{}", "{\"peerId\":\"a\",\"peerId\":\"a\",\"offer\":\"o\"}", "garbage"})
    void onlyJsonObjectsAreAccepted(String body) {
        rondevu.offer("chess", body).isError(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a/b",
                "/",
                "//",
                "a//b/",
                "v1",
                "api",
                "api/v1",
                "api/v1/sessions",
                "q",
                "q/openapi",
                "q/health",
                "answer",
                "topics",
                "poll",
                "offer",
                "sessions",
                "health",
                "a b",
                " ",
                "a+b",
                "a%b",
                "100%",
                "%2F",
                "%00",
                "a;b=c",
                "a?b#c",
                "a&b=c",
                "a:b@c",
                "\\",
                "\"'`<>{}|^",
                "\u0001\t\r\n",
                "Zoë",
                "名前",
                EMOJI,
                "e\u0301",
                "...",
                "a.b",
                "~_-!*'()",
                "null",
                "undefined",
                "*",
                "WEB-INF",
                "index.html",
            })
    void anyTopicIsAccepted(String topic) {
        String code = rondevu.opened(topic);

        assertThat(codes(topic)).containsExactly(code);
        HttpReply topics = rondevu.client().get("/topics").send().is(200);
        assertThat(topics.at("/topics")).hasSize(1);
        assertThat(topics.textAt("/topics/0/topic")).isEqualTo(topic);
        assertThat(rondevu.client().get("/api/v1/sessions/" + code).send().textAt("/topic"))
                .isEqualTo(topic);
        rondevu.offer(topic, object()).isError(400); // not a problem, even where the topic is api/v1
    }

    @Test
    void aTopicHasAtMostAThousandAndTwentyFourCharacters() {
        for (String longest : List.of("t".repeat(1024), EMOJI.repeat(1024), "/".repeat(1024))) {
            String code = rondevu.opened(longest);
            assertThat(codes(longest)).containsExactly(code);
        }
        for (String tooLong : List.of("t".repeat(1025), EMOJI.repeat(1025))) {
            rondevu.offer(tooLong, object("peerId", "a", "offer", "o")).isError(400);
            rondevu.sessions(tooLong).isError(400);
        }
    }

    @Test
    void topicsAreNotInterpreted() {
        rondevu.offer("a\u0000b", object("peerId", "a", "offer", "o")).isError(400);
        rondevu.client()
                .post("/%ff/offer")
                .json(object("peerId", "a", "offer", "o"))
                .isError(400);
        rondevu.client().get("/%ed%a0%80/sessions").send().isError(400);
    }

    private List<String> codes(String topic) {
        return rondevu.sessions(topic).is(200).at("/sessions").findValuesAsText("code");
    }
}
