package dev.parley.http;

import static dev.parley.http.HttpSession.ANSWER;
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

/** PUT /api/v1/sessions/{code}/answer: the first answer of a generation is accepted, and stays. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class AnsweringTest {
    @Inject
    MovableClock clock;

    private final HttpSession session = HttpSession.opened();
    private final TestClient client = session.client();

    @Test
    void theFirstAnswerIsAccepted() {
        HttpReply answered = client.put(session.path() + "/answer")
                .json(object("answer", ANSWER))
                .is(201);

        assertThat(answered.textAt("/code")).isEqualTo(session.code());
        assertThat(answered.textAt("/side")).isEqualTo("answerer");
        assertThat(answered.textAt("/sessionToken")).hasSizeGreaterThanOrEqualTo(22);
        assertThat(answered.at("/seq").longValue()).isEqualTo(2);
        assertThat(answered.at("/generation").intValue()).isEqualTo(1);
        assertThat(answered.timeAt("/expiresAt")).isEqualTo(clock.instant().plusSeconds(300));
        assertThat(answered.header("Location")).isEqualTo(session.path());
        assertThat(answered.header("ETag")).isEqualTo(session.tag());
        assertThat(session.read().textAt("/answer")).isEqualTo(ANSWER);
    }

    @Test
    void candidatesMayComeWithTheAnswer() {
        HttpReply answered = client.put(session.path() + "/answer")
                .json(object("answer", ANSWER, "candidates", List.of("a", "b", "a"), "end", true, "generation", 1))
                .is(201);

        assertThat(answered.at("/seq").longValue())
                .as("offer, answer, two candidates, end")
                .isEqualTo(5);
        HttpReply read = session.read();
        assertThat(read.textsAt("/answerCandidates")).containsExactly("a", "b");
        assertThat(read.at("/answerEnd").booleanValue()).isTrue();
        assertThat(read.at("/offerEnd").booleanValue()).isFalse();
    }

    @Test
    void aRepeatedRequestIsAReplay() {
        HttpReply first = session.answer().is(201);
        clock.advance(Duration.ofSeconds(7));
        HttpReply again = session.answer().is(200);

        assertThat(again.json()).isEqualTo(first.json());
        assertThat(session.events().at("/events")).hasSize(2);
    }

    @Test
    void everyOtherAnswerIsRefusedAndTheFirstIsUnchanged() {
        session.answer().is(201);
        String path = session.path() + "/answer";

        client.put(path).json(object("answer", "another")).isProblem(409, "already-answered");
        client.put(path).json(object("answer", ANSWER)).isProblem(409, "already-answered");
        client.put(path)
                .token(session.answererToken())
                .json(object("answer", "another"))
                .isProblem(409, "already-answered");
        client.put(path)
                .token(HttpSession.newToken())
                .json(object("answer", "another", "candidates", List.of("x"), "end", true))
                .isProblem(409, "already-answered");
        assertThat(session.read().textAt("/answer")).isEqualTo(ANSWER);
        assertThat(session.read().at("/seq").longValue()).isEqualTo(2);
    }

    @Test
    void anAnswerToAnotherGenerationIsRefused() {
        for (int generation : new int[] {0, 2, -1, Integer.MAX_VALUE}) {
            HttpReply refused = client.put(session.path() + "/answer")
                    .json(object("answer", ANSWER, "generation", generation))
                    .isProblem(412, "other-generation");
            assertThat(refused.textAt("/detail")).contains("Generation 1");
        }
        assertThat(session.read().at("/answer").isNull()).isTrue();
    }

    @Test
    void theOffererCannotAnswerItsOwnOffer() {
        client.put(session.path() + "/answer")
                .token(session.offererToken())
                .json(object("answer", ANSWER))
                .isProblem(403, "session-token-refused");
        assertThat(session.read().at("/answer").isNull()).isTrue();
    }

    @Test
    void aStrangerFindsNothingToAnswer() {
        client.put("/api/v1/sessions/" + HttpSession.newCode() + "/answer")
                .json(object("answer", ANSWER))
                .isProblem(404, "session-not-found");
        TestClient.ofNewOrigin()
                .put(session.path() + "/answer")
                .json(object("answer", ANSWER))
                .isProblem(404, "session-not-found");
        clock.advance(Duration.ofMinutes(5));
        session.answer().isProblem(404, "session-not-found");
    }

    @Test
    void anAnswerIsNeeded() {
        client.put(session.path() + "/answer").json("{}").isMalformed("\"answer\"");
        client.put(session.path() + "/answer").json("{\"answer\":null}").isMalformed("\"answer\"");
        client.put(session.path() + "/answer").json(object("answer", "")).isOutOfBounds("answer");
    }
}
