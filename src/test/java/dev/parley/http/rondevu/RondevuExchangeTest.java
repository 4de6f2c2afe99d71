package dev.parley.http.rondevu;

import static dev.parley.http.HttpSession.ANSWER;
import static dev.parley.http.HttpSession.OFFER;
import static dev.parley.http.TestClient.object;
import static dev.parley.http.rondevu.Rondevu.NOT_FOUND;
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

/** POST /answer and POST /poll: two peers that know a code exchange descriptions and candidates. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class RondevuExchangeTest {
    @Inject
    MovableClock clock;

    private final Rondevu rondevu = Rondevu.ofNewOrigin();
    private final String code = rondevu.opened("chess");

    @Test
    void twoPeersExchangeDescriptionsAndCandidates() {
        assertThat(rondevu.poll(code, "offerer").is(200).text()).isEqualTo("{\"answer\":null,\"answerCandidates\":[]}");
        assertThat(rondevu.poll(code, "answerer").is(200).json())
                .isEqualTo(object("offer", OFFER, "offerCandidates", List.of()));

        assertThat(rondevu.candidate(code, "offerer", "o1").is(200).text()).isEqualTo("{\"success\":true}");
        assertThat(rondevu.answer(code, ANSWER).is(200).text()).isEqualTo("{\"success\":true}");
        rondevu.candidate(code, "answerer", "a1").is(200);
        rondevu.candidate(code, "answerer", "a2").is(200);
        rondevu.candidate(code, "offerer", "o2").is(200);

        assertThat(rondevu.poll(code, "offerer").json())
                .isEqualTo(object("answer", ANSWER, "answerCandidates", List.of("a1", "a2")));
        assertThat(rondevu.poll(code, "answerer").json())
                .isEqualTo(object("offer", OFFER, "offerCandidates", List.of("o1", "o2")));
    }

    @Test
    void aRepeatedAnswerIsAReplayAndAnotherIsRejected() {
        rondevu.answer(code, ANSWER).is(200);

        assertThat(rondevu.answer(code, ANSWER).is(200).text()).isEqualTo("{\"success\":true}");
        rondevu.answer(code, "other").isError(409);
        assertThat(rondevu.poll(code, "offerer").textAt("/answer")).isEqualTo(ANSWER);
    }

    @Test
    void anAnswererMayTrickleBeforeItsAnswer() {
        rondevu.candidate(code, "answerer", "early").is(200);

        assertThat(rondevu.poll(code, "offerer").json())
                .isEqualTo(object("answer", null, "answerCandidates", List.of("early")));
    }

    static Stream<ObjectNode> refusedAnswers() {
        return Stream.of(
                object(),
                object("side", "answerer", "answer", "x"),
                object("code", "", "side", "answerer", "answer", "x"),
                object("code", 1, "side", "answerer", "answer", "x"),
                object("code", "CODE", "answer", "x"),
                object("code", "CODE", "side", "", "answer", "x"),
                object("code", "CODE", "side", "Answerer", "answer", "x"),
                object("code", "CODE", "side", "stranger", "candidate", "x"),
                object("code", "CODE", "side", true, "answer", "x"),
                object("code", "CODE", "side", "answerer"),
                object("code", "CODE", "side", "answerer", "answer", null, "candidate", null),
                object("code", "CODE", "side", "answerer", "answer", "", "candidate", ""),
                object("code", "CODE", "side", "answerer", "answer", "x", "candidate", "y"),
                object("code", "CODE", "side", "offerer", "answer", "x"),
                object("code", "CODE", "side", "answerer", "answer", 1),
                object("code", "CODE", "side", "answerer", "answer", object("sdp", "x")),
                object("code", "CODE", "side", "answerer", "candidate", object("candidate", "x")),
                object("code", "CODE", "side", "answerer", "candidate", List.of("x")),
                object("code", "CODE", "side", "answerer", "candidate", 1),
                object("code", "CODE", "side", "answerer", "candidate", ""),
                object("code", "CODE", "side", "answerer", "candidate", object()),
                object("code", "CODE", "side", "answerer", "answer", "x".repeat(65_537)),
                object("code", "CODE", "side", "offerer", "candidate", "x".repeat(4095)));
    }

    @ParameterizedTest
    @MethodSource("refusedAnswers")
    void incompleteOrTooLongAnswersAreRejected(ObjectNode body) {
        rondevu.client()
                .post("/answer")
                .json(body.toString().replace("CODE", code))
                .isError(400);
        assertThat(rondevu.client()
                        .get("/api/v1/sessions/" + code)
                        .send()
                        .at("/seq")
                        .longValue())
                .isEqualTo(1);
    }

    /** For clients of this API an empty text counts as absent, as in JavaScript. */
    @Test
    void anEmptyCandidateBesideAnAnswerIsIgnored() {
        rondevu.client()
                .post("/answer")
                .json(object("code", code, "side", "answerer", "answer", "x", "candidate", ""))
                .is(200);
        assertThat(rondevu.poll(code, "offerer").is(200).json())
                .isEqualTo(object("answer", "x", "answerCandidates", List.of()));
    }

    @Test
    void aDescriptionObjectIsRejectedWithAdvice() {
        var description = object("type", "answer", "sdp", "v=0");
        HttpReply refused = rondevu.client()
                .post("/answer")
                .json(object("code", code, "side", "answerer", "answer", description))
                .isError(400);
        assertThat(refused.textAt("/error")).contains("\"answer\"", "send the sdp");
        assertThat(rondevu.offer("chess", object("peerId", "a", "offer", description))
                        .isError(400)
                        .textAt("/error"))
                .contains("\"offer\"", "send the sdp");
    }

    static Stream<ObjectNode> refusedPolls() {
        return Stream.of(
                object(),
                object("side", "offerer"),
                object("code", "CODE"),
                object("code", "CODE", "side", "both"),
                object("code", "CODE", "side", 1),
                object("code", null, "side", "offerer"));
    }

    @ParameterizedTest
    @MethodSource("refusedPolls")
    void incompletePollsAreRejected(ObjectNode body) {
        rondevu.client()
                .post("/poll")
                .json(body.toString().replace("CODE", code))
                .isError(400);
    }

    @Test
    void unknownFieldsAreIgnored() {
        rondevu.client()
                .post("/answer")
                .json(object("code", code, "side", "answerer", "answer", ANSWER, "peerId", "bob", "x", List.of()))
                .is(200);
        rondevu.client()
                .post("/poll")
                .json(object("code", code, "side", "offerer", "since", 0))
                .is(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown", "a b", "../..", "\u0000", "%20", "caf\u00e9"})
    void anUnknownCodeIsNotFound(String unknown) {
        rondevu.answer(unknown, ANSWER).isError(404, NOT_FOUND);
        rondevu.candidate(unknown, "offerer", "c").isError(404, NOT_FOUND);
        rondevu.poll(unknown, "offerer").isError(404, NOT_FOUND);
        rondevu.poll(unknown, "answerer").isError(404, NOT_FOUND);
    }

    @Test
    void foreignAndExpiredSessionsLookTheSame() {
        Rondevu stranger = Rondevu.ofNewOrigin();
        stranger.answer(code, ANSWER).isError(404, NOT_FOUND);
        stranger.poll(code, "answerer").isError(404, NOT_FOUND);

        clock.advance(Duration.ofMinutes(5));
        rondevu.answer(code, ANSWER).isError(404, NOT_FOUND);
        rondevu.candidate(code, "offerer", "c").isError(404, NOT_FOUND);
        rondevu.poll(code, "answerer").isError(404, NOT_FOUND);
    }

    @Test
    void candidateObjectsBecomeTheirJsonText() {
        HttpSession session = HttpSession.opened(rondevu.client());
        String object = "{\"candidate\":\"c\\u0041\",\"sdpMLineIndex\":0.0, \"x\":\"\uD83D\uDE00\"}";
        session.client()
                .post(session.path() + "/candidates")
                .token(session.offererToken())
                .json("{\"candidates\":[" + object + ",\"plain\"]}")
                .is(201);

        assertThat(rondevu.poll(session.code(), "answerer").textsAt("/offerCandidates"))
                .containsExactly(object, "plain");
    }

    @Test
    void candidateStringsStayStringsInTheNativeApi() {
        String text = "{\"candidate\":\"c\"}";
        rondevu.candidate(code, "offerer", text).is(200);

        assertThat(rondevu.client().get("/api/v1/sessions/" + code).send().textsAt("/offerCandidates"))
                .containsExactly(text);
    }

    @Test
    void aSideWithATokenNeedsIt() {
        HttpSession session = HttpSession.opened(rondevu.client());
        session.answer().is(201);
        for (String side : List.of("offerer", "answerer")) {
            HttpReply missing = rondevu.candidate(session.code(), side, "c").isError(401);
            assertThat(missing.header("WWW-Authenticate")).isEqualTo("Session-Token");
        }
        candidate(session, session.answererToken(), "c").isError(403);
        candidate(session, HttpSession.newToken(), "c").isError(403);
        candidate(session, session.offererToken(), "c").is(200);

        assertThat(session.read().textsAt("/offerCandidates")).containsExactly("c");
        rondevu.poll(session.code(), "offerer").is(200);
    }

    @Test
    void aNativeSessionCanBeAnswered() {
        HttpSession session = HttpSession.opened(rondevu.client());
        rondevu.answer(session.code(), ANSWER).is(200);

        assertThat(session.read().textAt("/answer")).isEqualTo(ANSWER);
        session.answer().isProblem(409, "already-answered");
        rondevu.candidate(session.code(), "answerer", "c").is(200);
    }

    @Test
    void aSessionCanBeAnsweredInTheNativeApi() {
        rondevu.client()
                .put("/api/v1/sessions/" + code + "/answer")
                .json(object("answer", ANSWER))
                .is(201);

        assertThat(rondevu.poll(code, "offerer").textAt("/answer")).isEqualTo(ANSWER);
        rondevu.answer(code, "other").isError(409);
    }

    @Test
    void aSessionHasNoTokenToManageIt() {
        rondevu.client()
                .delete("/api/v1/sessions/" + code)
                .token(HttpSession.newToken())
                .send()
                .isProblem(403, "session-token-refused");
    }

    private HttpReply candidate(HttpSession session, String token, String candidate) {
        return session.client()
                .post("/answer")
                .token(token)
                .json(object("code", session.code(), "side", "offerer", "candidate", candidate));
    }
}
