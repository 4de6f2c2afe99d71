package dev.parley.http;

import static dev.parley.http.HttpSession.ANSWER;
import static dev.parley.http.HttpSession.OFFER;
import static dev.parley.http.HttpSession.newCode;
import static dev.parley.http.HttpSession.newToken;
import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.contract.MovableClock;
import dev.parley.contract.SqliteProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The calls of the native API that change a session: their status, headers and body, and the status of each refusal. The contract of the
 * store proves what they change.
 */
@QuarkusTest
@TestProfile(SqliteProfile.class)
@SuppressWarnings("NullAway.Init") // the container fills the field
class SessionChangesTest {
    private static final String SECOND = "v=0\r\nsecond";

    @Inject
    MovableClock clock;

    private final TestClient client = TestClient.ofNewOrigin();
    private final HttpSession session = HttpSession.opened(client);

    @Test
    void openingRepliesWithTheOfferersSide() {
        HttpReply opened = open(null, object("offer", OFFER)).is(201);

        String code = opened.textAt("/code");
        assertThat(code).matches("[A-Za-z0-9_-]{22}");
        assertThat(opened.header("Location")).isEqualTo("/api/v1/sessions/" + code);
        assertThat(opened.header("ETag"))
                .isEqualTo(client.get(opened.header("Location")).send().header("ETag"));
        assertThat(opened.textAt("/side")).isEqualTo("offerer");
        assertThat(opened.textAt("/sessionToken")).hasSizeGreaterThanOrEqualTo(22);
        assertThat(opened.at("/seq").longValue()).isEqualTo(1);
        assertThat(opened.at("/generation").intValue()).isEqualTo(1);
        assertThat(opened.timeAt("/expiresAt")).isEqualTo(clock.instant().plusSeconds(300));
        assertThat(open(null, object("offer", OFFER)).textAt("/code")).isNotEqualTo(code);
    }

    @Test
    void everyFieldOfAnOpeningIsReadBack() {
        String token = newToken();
        String code = newCode();
        ObjectNode body = object(
                "offer", OFFER, "topic", "chess", "peerId", "alice", "code", code, "tags", List.of("blitz", "rated"));
        body.put("ttl", 600)
                .put("end", true)
                .putArray("candidates")
                .add("a")
                .add("b")
                .add("a");
        HttpReply opened = open(token, body).is(201);
        assertThat(opened.textAt("/code")).isEqualTo(code);
        assertThat(opened.textAt("/sessionToken")).isEqualTo(token);
        assertThat(opened.at("/seq").longValue())
                .as("offer, two candidates, end of candidates")
                .isEqualTo(4);

        HttpReply read = client.get(opened.header("Location")).send().is(200);
        assertThat(read.textAt("/offer")).isEqualTo(OFFER);
        assertThat(read.textAt("/topic")).isEqualTo("chess");
        assertThat(read.textAt("/peerId")).isEqualTo("alice");
        assertThat(read.textsAt("/tags")).containsExactly("blitz", "rated");
        assertThat(read.textsAt("/offerCandidates")).containsExactly("a", "b");
        assertThat(read.at("/offerEnd").booleanValue()).isTrue();
        assertThat(read.timeAt("/createdAt")).isEqualTo(clock.instant());
        assertThat(read.timeAt("/expiresAt")).isEqualTo(clock.instant().plusSeconds(600));
    }

    @Test
    void aRepeatedOpeningIsAReplay() {
        String token = newToken();
        ObjectNode body = object("offer", OFFER, "code", newCode(), "topic", "chess", "candidates", List.of("a", "b"));
        HttpReply first = open(token, body).is(201);
        clock.advance(Duration.ofSeconds(7));
        HttpReply again = open(token, body).is(200);

        assertThat(again.json()).isEqualTo(first.json());
        assertThat(again.header("Location")).isEqualTo(first.header("Location"));
        assertThat(again.header("ETag")).isEqualTo(first.header("ETag"));
    }

    @Test
    void invalidOpeningsAreRejected() {
        open(newToken(), object("offer", OFFER, "code", session.code())).isProblem(409, "code-taken");
        open(null, object("topic", "chess")).isMalformed("\"offer\"");
        client.post("/api/v1/sessions").json("{\"offer\":null}").isMalformed("\"offer\"");
        for (String token : List.of("x".repeat(21), "x".repeat(257), "a secret with spaces in it")) {
            open(token, object("offer", OFFER)).isMalformed("Session-Token");
        }
        client.post("/api/v1/sessions")
                .token(newToken())
                .token(newToken())
                .json(object("offer", OFFER))
                .isMalformed("Session-Token was sent twice");
        open("x".repeat(22), object("offer", OFFER)).is(201);
        open("x".repeat(256), object("offer", OFFER)).is(201);
    }

    private HttpReply open(@Nullable String token, ObjectNode body) {
        TestClient.Call call = client.post("/api/v1/sessions");
        return (token == null ? call : call.token(token)).json(body);
    }

    @Test
    void answeringRepliesWithTheAnswerersSide() {
        HttpReply answered = client.put(session.path() + "/answer")
                .json(object("answer", ANSWER, "candidates", List.of("a", "b", "a"), "end", true, "generation", 1))
                .is(201);

        assertThat(answered.textAt("/code")).isEqualTo(session.code());
        assertThat(answered.textAt("/side")).isEqualTo("answerer");
        assertThat(answered.textAt("/sessionToken")).hasSizeGreaterThanOrEqualTo(22);
        assertThat(answered.at("/seq").longValue())
                .as("offer, answer, two candidates, end")
                .isEqualTo(5);
        assertThat(answered.at("/generation").intValue()).isEqualTo(1);
        assertThat(answered.timeAt("/expiresAt")).isEqualTo(clock.instant().plusSeconds(300));
        assertThat(answered.header("Location")).isEqualTo(session.path());
        assertThat(answered.header("ETag")).isEqualTo(session.tag());
        HttpReply read = session.read();
        assertThat(read.textAt("/answer")).isEqualTo(ANSWER);
        assertThat(read.textsAt("/answerCandidates")).containsExactly("a", "b");
        assertThat(read.at("/answerEnd").booleanValue()).isTrue();
        assertThat(read.at("/offerEnd").booleanValue()).isFalse();
    }

    @Test
    void aRepeatedAnswerIsAReplayAndAnotherIsRejected() {
        HttpReply first = session.answer().is(201);
        clock.advance(Duration.ofSeconds(7));
        assertThat(session.answer().is(200).json()).isEqualTo(first.json());

        answer(newToken(), object("answer", "another")).isProblem(409, "already-answered");
        assertThat(session.read().textAt("/answer")).isEqualTo(ANSWER);
        assertThat(session.read().at("/seq").longValue()).isEqualTo(2);
    }

    @Test
    void invalidAnswersAreRejected() {
        for (int generation : new int[] {0, 2, -1, Integer.MAX_VALUE}) {
            HttpReply refused = answer(newToken(), object("answer", ANSWER, "generation", generation))
                    .isProblem(412, "other-generation");
            assertThat(refused.textAt("/detail")).contains("Generation 1");
        }
        answer(session.offererToken(), object("answer", ANSWER)).isProblem(403, "session-token-refused");
        answer(newToken(), object()).isMalformed("\"answer\"");
        answer(newToken(), object("answer", null)).isMalformed("\"answer\"");
        answer(newToken(), object("answer", "")).isOutOfBounds("answer");
        assertThat(session.read().at("/answer").isNull()).isTrue();
    }

    private HttpReply answer(String token, ObjectNode body) {
        return client.put(session.path() + "/answer").token(token).json(body);
    }

    @Test
    void tricklingRepliesWithTheNumberOfNewCandidates() {
        session.answer().is(201);
        assertThat(trickle(session.offererToken(), "o1", "o2").is(201).text()).isEqualTo("{\"seq\":4,\"added\":2}");
        assertThat(trickle(session.answererToken(), "o1").is(201).text()).isEqualTo("{\"seq\":5,\"added\":1}");
        assertThat(trickle(session.offererToken(), "o2", "o3", "o1").is(201).text())
                .isEqualTo("{\"seq\":6,\"added\":1}");
        assertThat(trickle(session.offererToken()).is(201).text()).isEqualTo("{\"seq\":6,\"added\":0}");
        session.trickle(session.offererToken(), object("end", true)).is(201);

        HttpReply read = session.read();
        assertThat(read.textsAt("/offerCandidates")).containsExactly("o1", "o2", "o3");
        assertThat(read.textsAt("/answerCandidates")).containsExactly("o1");
        assertThat(read.at("/offerEnd").booleanValue()).isTrue();
    }

    @Test
    void invalidTricklingIsRejected() {
        ObjectNode body = object("candidates", List.of("x"));
        session.trickle(session.offererToken(), object()).isMalformed("\"candidates\"");
        session.trickle(session.offererToken(), object("end", false)).isMalformed("\"candidates\"");
        HttpReply missing =
                client.post(session.path() + "/candidates").json(body).isProblem(401, "session-token-missing");
        assertThat(missing.header("WWW-Authenticate")).isEqualTo("Session-Token");
        session.trickle(newToken(), body).isProblem(403, "session-token-refused");
        session.trickle(session.offererToken(), object("candidates", List.of("x"), "generation", 2))
                .isProblem(412, "other-generation");
        assertThat(session.read().at("/seq").longValue()).isEqualTo(1);
        session.trickle(session.offererToken(), object("candidates", List.of("x"), "generation", 1))
                .is(201);
    }

    private HttpReply trickle(String token, String... candidates) {
        return session.trickle(token, object("candidates", List.of(candidates)));
    }

    @Test
    void aNewOfferStartsAGenerationWithoutAnAnswer() {
        session.answer().is(201);
        session.trickle(session.offererToken(), object("candidates", List.of("o1"), "end", true));
        HttpReply restarted = session.renegotiate(session.tag(), SECOND).is(200);

        assertThat(restarted.textAt("/side")).isEqualTo("offerer");
        assertThat(restarted.at("/generation").intValue()).isEqualTo(2);
        assertThat(restarted.at("/seq").longValue()).isEqualTo(5);
        assertThat(restarted.header("ETag")).isEqualTo(session.tag());
        assertThat(restarted.json().has("sessionToken"))
                .as("the caller sent it")
                .isFalse();
        HttpReply read = session.read();
        assertThat(read.textAt("/offer")).isEqualTo(SECOND);
        assertThat(read.at("/answer").isNull()).isTrue();
        assertThat(read.at("/generation").intValue()).isEqualTo(2);
        assertThat(read.at("/offerCandidates")).isEmpty();
        assertThat(read.at("/offerEnd").booleanValue()).isFalse();
    }

    @Test
    void callsForAnEarlierGenerationGetTheCurrentOne() {
        session.answer().is(201);
        session.renegotiate("*", SECOND).is(200);

        HttpReply late = session.trickle(
                        session.answererToken(), object("candidates", List.of("late"), "generation", 1))
                .isProblem(412, "other-generation");
        assertThat(late.textAt("/detail")).contains("Generation 2").contains("fetch");
        answer(session.answererToken(), object("answer", ANSWER, "generation", 1))
                .isProblem(412, "other-generation");
        answer(newToken(), object("answer", "a stranger's")).isProblem(403, "session-token-refused");
        client.post("/answer")
                .json(object("code", session.code(), "side", "answerer", "answer", "a stranger's"))
                .isError(401);
        answer(session.answererToken(), object("answer", ANSWER, "generation", 2))
                .is(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"2\"", "\"a.2.b\"", "\"9999999999999.9999999999999.1\"", "W/TAG"})
    void anOfferForAnotherStateIsRejected(String stale) {
        HttpReply refused =
                session.renegotiate(stale.replace("TAG", session.tag()), SECOND).isProblem(412, "session-changed");

        assertThat(refused.textAt("/detail")).contains("If-Match").contains("ETag");
        assertThat(session.read().textAt("/offer")).isEqualTo(OFFER);
    }

    @Test
    void ifMatchIsAList() {
        session.renegotiate("\"x\", W/\"y\" ," + session.tag() + ",", SECOND).is(200);
        session.renegotiate(" * ", "third").is(200);
        client.put(session.path() + "/offer")
                .token(session.offererToken())
                .header("If-Match", "\"x\"")
                .header("If-Match", session.tag())
                .json(object("offer", "fourth"))
                .is(200);
    }

    @Test
    void invalidOffersAreRejected() {
        session.renegotiate("\"2", SECOND).isMalformed("If-Match");
        session.renegotiate("*", "").isOutOfBounds("offer");
        String path = session.path() + "/offer";
        client.put(path)
                .token(session.offererToken())
                .json(object("offer", SECOND))
                .isProblem(428, "precondition-missing");
        client.put(path)
                .token(session.offererToken())
                .header("If-Match", "*")
                .json("{}")
                .isMalformed("\"offer\"");
        client.put(path).header("If-Match", "*").json(object("offer", SECOND)).isProblem(401, "session-token-missing");
        client.put(path)
                .header("If-Match", "*")
                .token(newToken())
                .json(object("offer", SECOND))
                .isProblem(403, "session-token-refused");
        assertThat(session.read().at("/generation").intValue()).isEqualTo(1);
    }

    @Test
    void extendingRepliesWithTheNewEndAndTag() {
        String before = session.tag();
        HttpReply extended = extend(session.offererToken(), 600).is(200);

        assertThat(extended.timeAt("/expiresAt")).isEqualTo(clock.instant().plusSeconds(600));
        assertThat(session.tag()).isEqualTo(extended.header("ETag")).isNotEqualTo(before);
        assertThat(session.read().at("/seq").longValue()).isEqualTo(1);
        session.renegotiate(before, SECOND).isProblem(412, "session-changed");

        client.patch(session.path()).json(object("ttl", 60)).isProblem(401, "session-token-missing");
        extend(newToken(), 60).isProblem(403, "session-token-refused");
        client.patch(session.path()).token(session.offererToken()).json("{}").isMalformed("\"ttl\"");
    }

    private HttpReply extend(String token, int ttl) {
        return client.patch(session.path()).token(token).json(object("ttl", ttl));
    }

    @Test
    void deletingRepliesWithoutABody() {
        String former = session.tag();
        client.delete(session.path()).send().isProblem(401, "session-token-missing");
        delete(newToken()).isProblem(403, "session-token-refused");
        HttpReply deleted = delete(session.offererToken()).is(204);
        assertThat(deleted.body()).isEmpty();
        assertThat(deleted.header("x-d1-bookmark")).isNotBlank();
        session.read().isProblem(404, "session-not-found");

        // Another session with the code has other entity tags.
        open(session.offererToken(), object("offer", OFFER, "code", session.code()))
                .is(201);
        session.renegotiate(former, SECOND).isProblem(412, "session-changed");
        client.get(session.path()).header("If-None-Match", former).send().is(200);
    }

    private HttpReply delete(String token) {
        return client.delete(session.path()).token(token).send();
    }

    @Test
    void unknownForeignAndExpiredSessionsGet404() {
        for (HttpSession other : List.of(
                new HttpSession(client, newCode(), session.offererToken(), session.answererToken()),
                new HttpSession(
                        TestClient.ofNewOrigin(), session.code(), session.offererToken(), session.answererToken()))) {
            assertNotFound(other);
        }
        clock.advance(Duration.ofMinutes(5).minusMillis(1));
        session.read().is(200);
        clock.advance(Duration.ofMillis(1));
        assertNotFound(session);
    }

    private static void assertNotFound(HttpSession session) {
        TestClient client = session.client();
        String token = session.offererToken();
        for (HttpReply reply : List.of(
                session.read(),
                session.events(),
                session.answer(),
                session.trickle(token, object("candidates", List.of("x"))),
                session.renegotiate("*", SECOND),
                client.patch(session.path()).token(token).json(object("ttl", 60)),
                client.delete(session.path()).token(token).send())) {
            reply.isProblem(404, "session-not-found");
        }
    }
}
