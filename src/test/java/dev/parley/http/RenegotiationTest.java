package dev.parley.http;

import static dev.parley.http.HttpSession.ANSWER;
import static dev.parley.http.HttpSession.OFFER;
import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.contract.SqliteProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PUT /api/v1/sessions/{code}/offer: a new generation replaces the state that the offerer saw, and no other. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class RenegotiationTest {
    private static final String SECOND = "v=0\r\nsecond";

    private final HttpSession session = HttpSession.answered();

    @Test
    void aNewOfferStartsAGenerationWithoutAnAnswer() {
        session.trickle(session.offererToken(), object("candidates", List.of("o1"), "end", true));
        HttpReply restarted = session.renegotiate(session.tag(), SECOND).is(200);

        assertThat(restarted.textAt("/side")).isEqualTo("offerer");
        assertThat(restarted.at("/generation").intValue()).isEqualTo(2);
        assertThat(restarted.at("/seq").longValue()).isEqualTo(5);
        assertThat(restarted.header("ETag")).isEqualTo(session.tag());
        assertThat(restarted.json().has("sessionToken"))
                .as("the caller has it already")
                .isFalse();
        HttpReply read = session.read();
        assertThat(read.textAt("/offer")).isEqualTo(SECOND);
        assertThat(read.at("/answer").isNull()).isTrue();
        assertThat(read.at("/generation").intValue()).isEqualTo(2);
        assertThat(read.at("/offerCandidates")).isEmpty();
        assertThat(read.at("/offerEnd").booleanValue()).isFalse();
    }

    @Test
    void whatWasSaidBeforeStaysReadable() {
        session.renegotiate(session.tag(), SECOND).is(200);

        HttpReply events = session.events();
        assertThat(events.at("/events")).hasSize(3);
        assertThat(events.textAt("/events/0/offer")).isEqualTo(OFFER);
        assertThat(events.textAt("/events/1/answer")).isEqualTo(ANSWER);
        assertThat(events.textAt("/events/2/offer")).isEqualTo(SECOND);
        assertThat(events.at("/events/2/generation").intValue()).isEqualTo(2);
    }

    @Test
    void theNewGenerationIsAnsweredAnew() {
        session.renegotiate(session.tag(), SECOND).is(200);

        session.client()
                .put(session.path() + "/answer")
                .token(session.answererToken())
                .json(object("answer", ANSWER, "generation", 1))
                .isProblem(412, "other-generation");
        session.client()
                .put(session.path() + "/answer")
                .token(session.answererToken())
                .json(object("answer", ANSWER, "generation", 2))
                .is(201);
    }

    @Test
    void whatBelongsToTheOldGenerationIsRefusedWithTheWayOut() {
        session.renegotiate(session.tag(), SECOND).is(200);

        for (String token : List.of(session.offererToken(), session.answererToken())) {
            HttpReply refused = session.trickle(token, object("candidates", List.of("late"), "generation", 1))
                    .isProblem(412, "other-generation");
            assertThat(refused.textAt("/detail")).contains("Generation 2").contains("fetch");
        }
        assertThat(session.read().at("/seq").longValue()).isEqualTo(3);
    }

    /** Glare, as when a page offers twice or in two tabs: both saw the same state, and one of them was second. */
    @Test
    void ofTwoOffersAtOnceOneWinsAndTheOtherLearnsOfIt() {
        for (int round = 0; round < 20; round++) {
            String seen = session.read().header("ETag");
            String one = "one " + round;
            String other = "other " + round;
            CompletableFuture<HttpReply> first = offerAndGoOn(seen, one);
            CompletableFuture<HttpReply> second = offerAndGoOn(seen, other);
            boolean firstWins = first.join().status() == 200;
            String winner = firstWins ? one : other;
            HttpReply won = (firstWins ? first : second).join().is(200);
            HttpReply lost = (firstWins ? second : first).join().isProblem(412, "session-changed");

            assertThat(lost.textAt("/detail")).contains("fetch");
            assertThat(session.tag()).isEqualTo(won.header("ETag"));
            HttpReply news = session.client()
                    .get(session.path())
                    .header("If-None-Match", seen)
                    .header("Prefer", "wait=25")
                    .send()
                    .is(200);
            assertThat(news.textAt("/offer")).isEqualTo(winner);
            assertThat(news.at("/generation").intValue()).isEqualTo(round + 2);
        }
    }

    private CompletableFuture<HttpReply> offerAndGoOn(String ifMatch, String offer) {
        return session.client()
                .put(session.path() + "/offer")
                .token(session.offererToken())
                .header("If-Match", ifMatch)
                .jsonAndGoOn(object("offer", offer));
    }

    @Test
    void aCandidateOfTheOldGenerationMayComeAgainInTheNewOne() {
        session.trickle(session.offererToken(), object("candidates", List.of("o1")))
                .is(201);
        session.renegotiate("*", SECOND).is(200);

        assertThat(session.trickle(session.offererToken(), object("candidates", List.of("o1")))
                        .at("/added")
                        .intValue())
                .isEqualTo(1);
    }

    @Test
    void anyStateIsReplacedWithAStar() {
        session.renegotiate("*", SECOND).is(200);
        session.renegotiate(" * ", "third").is(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"2\"", "\"a.2.b\"", "\"abc\"", "\"\"", "\"9999999999999.9999999999999.1\"", "\"1,2\"", "W/TAG"
            })
    void aStateThatIsNotTheCurrentOneIsStale(String stale) {
        HttpReply refused =
                session.renegotiate(stale.replace("TAG", session.tag()), SECOND).isProblem(412, "session-changed");

        assertThat(refused.textAt("/detail")).contains("If-Match").contains("ETag");
        assertThat(session.read().textAt("/offer")).isEqualTo(OFFER);
    }

    @Test
    void anyStateOfAListIsReplacedWhateverLineItIsOn() {
        session.renegotiate("\"x\", W/\"y\" ," + session.tag() + ",", SECOND).is(200);
        session.client()
                .put(session.path() + "/offer")
                .token(session.offererToken())
                .header("If-Match", "\"x\"")
                .header("If-Match", session.tag())
                .json(object("offer", "third"))
                .is(200);
    }

    @Test
    void anExtensionChangesTheVersion() {
        String before = session.tag();
        HttpReply extended = session.client()
                .call("PATCH", session.path())
                .token(session.offererToken())
                .json(object("ttl", 600))
                .is(200);

        assertThat(session.tag()).isEqualTo(extended.header("ETag")).isNotEqualTo(before);
        session.renegotiate(before, SECOND).isProblem(412, "session-changed");
        session.renegotiate(extended.header("ETag"), SECOND).is(200);
    }

    @Test
    void theStateOfAFormerSessionWithTheCodeIsStale() {
        String former = session.tag();
        session.client()
                .delete(session.path())
                .token(session.offererToken())
                .send()
                .is(204);
        session.client()
                .post("/api/v1/sessions")
                .token(session.offererToken())
                .json(object("offer", OFFER, "code", session.code()))
                .is(201);
        session.answer().is(201);

        session.renegotiate(former, SECOND).isProblem(412, "session-changed");
        assertThat(session.client()
                        .get(session.path())
                        .header("If-None-Match", former)
                        .send()
                        .is(200)
                        .textAt("/offer"))
                .isEqualTo(OFFER);
    }

    @Test
    void onlyTheFirstAnswererAnswersANewGeneration() {
        session.renegotiate("*", SECOND).is(200);
        var answer = object("answer", "a stranger's");

        for (String token : List.of(HttpSession.newToken(), session.offererToken())) {
            session.client()
                    .put(session.path() + "/answer")
                    .token(token)
                    .json(answer)
                    .isProblem(403, "session-token-refused");
        }
        session.client().put(session.path() + "/answer").json(answer).isProblem(403, "session-token-refused");
        session.client()
                .post("/answer")
                .json(object("code", session.code(), "side", "answerer", "answer", "a stranger's"))
                .isError(401);
        assertThat(session.read().at("/answer").isNull()).isTrue();
        session.answer().is(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "garbage", "\"2", "w/\"2\"", "\"2\"x", "*, \"2\"", "*, *"})
    void whatIsNoEntityTagIsRefused(String garbage) {
        session.renegotiate(garbage, SECOND).isMalformed("If-Match");
    }

    @Test
    void theStateMustBeNamed() {
        session.client()
                .put(session.path() + "/offer")
                .token(session.offererToken())
                .json(object("offer", SECOND))
                .isProblem(428, "precondition-missing");
    }

    @Test
    void onlyTheOffererOffers() {
        String path = session.path() + "/offer";
        var body = object("offer", SECOND);

        session.client().put(path).header("If-Match", "*").json(body).isProblem(401, "session-token-missing");
        for (String token : List.of(session.answererToken(), HttpSession.newToken())) {
            session.client()
                    .put(path)
                    .header("If-Match", "*")
                    .token(token)
                    .json(body)
                    .isProblem(403, "session-token-refused");
        }
        assertThat(session.read().at("/generation").intValue()).isEqualTo(1);
    }

    @Test
    void aStrangerFindsNoSession() {
        TestClient.ofNewOrigin()
                .put(session.path() + "/offer")
                .header("If-Match", "*")
                .token(session.offererToken())
                .json(object("offer", SECOND))
                .isProblem(404, "session-not-found");
    }

    @Test
    void anOfferIsNeeded() {
        session.client()
                .put(session.path() + "/offer")
                .header("If-Match", "*")
                .token(session.offererToken())
                .json("{}")
                .isMalformed("\"offer\"");
        session.renegotiate("*", "").isOutOfBounds("offer");
    }
}
