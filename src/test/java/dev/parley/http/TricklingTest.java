package dev.parley.http;

import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.contract.MovableClock;
import dev.parley.contract.SqliteProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** POST /api/v1/sessions/{code}/candidates: each candidate of a side once, whatever is repeated. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class TricklingTest {
    @Inject
    MovableClock clock;

    private final HttpSession session = HttpSession.answered();

    @Test
    void bothSidesAddTheirs() {
        HttpReply offerers =
                trickle(session.offererToken(), List.of("o1", "o2")).is(201);
        HttpReply answerers = trickle(session.answererToken(), List.of("a1")).is(201);

        assertThat(offerers.text()).isEqualTo("{\"seq\":4,\"added\":2}");
        assertThat(answerers.text()).isEqualTo("{\"seq\":5,\"added\":1}");
        HttpReply read = session.read();
        assertThat(read.textsAt("/offerCandidates")).containsExactly("o1", "o2");
        assertThat(read.textsAt("/answerCandidates")).containsExactly("a1");
    }

    @Test
    void aRetriedCandidateIsStoredOnce() {
        trickle(session.offererToken(), List.of("o1", "o2")).is(201);
        HttpReply again =
                trickle(session.offererToken(), List.of("o2", "o3", "o1")).is(201);

        assertThat(again.at("/added").intValue()).as("what was new").isEqualTo(1);
        assertThat(again.at("/seq").longValue()).isEqualTo(5);
        assertThat(session.read().textsAt("/offerCandidates")).containsExactly("o1", "o2", "o3");
    }

    @Test
    void theSameCandidateOfTheOtherSideIsAnother() {
        trickle(session.offererToken(), List.of("same")).is(201);

        assertThat(trickle(session.answererToken(), List.of("same"))
                        .at("/added")
                        .intValue())
                .isEqualTo(1);
    }

    @Test
    void theEndIsSaidOnce() {
        assertThat(session.trickle(session.offererToken(), object("end", true))
                        .is(201)
                        .text())
                .isEqualTo("{\"seq\":3,\"added\":0}");
        assertThat(session.trickle(session.offererToken(), object("end", true))
                        .is(201)
                        .at("/seq")
                        .longValue())
                .isEqualTo(3);
        assertThat(session.read().at("/offerEnd").booleanValue()).isTrue();
        assertThat(session.read().at("/answerEnd").booleanValue()).isFalse();
    }

    @Test
    void anEmptyListAddsNothing() {
        assertThat(trickle(session.offererToken(), List.of()).is(201).text()).isEqualTo("{\"seq\":2,\"added\":0}");
    }

    @Test
    void neitherCandidatesNorEndIsNothingToSay() {
        session.trickle(session.offererToken(), object()).isMalformed("\"candidates\"");
        session.trickle(session.offererToken(), object("end", false)).isMalformed("\"candidates\"");
    }

    @Test
    void aTokenIsNeeded() {
        HttpReply missing = session.client()
                .post(session.path() + "/candidates")
                .json(object("candidates", List.of("x")))
                .isProblem(401, "session-token-missing");

        assertThat(missing.header("WWW-Authenticate")).isEqualTo("Session-Token");
    }

    @Test
    void anotherTokenIsRefused() {
        trickle(HttpSession.newToken(), List.of("x")).isProblem(403, "session-token-refused");
        assertThat(session.read().at("/seq").longValue()).isEqualTo(2);
    }

    @Test
    void theTokenOfAnotherSessionIsRefused() {
        HttpSession other = HttpSession.answered();

        trickle(other.offererToken(), List.of("x")).isProblem(403, "session-token-refused");
    }

    @Test
    void candidatesOfAnotherGenerationAreRefused() {
        session.trickle(session.offererToken(), object("candidates", List.of("x"), "generation", 2))
                .isProblem(412, "other-generation");
        session.trickle(session.offererToken(), object("candidates", List.of("x"), "generation", 1))
                .is(201);
    }

    @Test
    void aStrangerFindsNoSession() {
        var body = object("candidates", List.of("x"));
        session.client()
                .post("/api/v1/sessions/" + HttpSession.newCode() + "/candidates")
                .token(session.offererToken())
                .json(body)
                .isProblem(404, "session-not-found");
        TestClient.ofNewOrigin()
                .post(session.path() + "/candidates")
                .token(session.offererToken())
                .json(body)
                .isProblem(404, "session-not-found");
        clock.advance(Duration.ofMinutes(5));
        session.trickle(session.offererToken(), body).isProblem(404, "session-not-found");
    }

    private HttpReply trickle(String token, List<String> candidates) {
        return session.trickle(token, object("candidates", candidates));
    }
}
