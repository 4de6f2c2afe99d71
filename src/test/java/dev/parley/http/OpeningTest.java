package dev.parley.http;

import static dev.parley.http.HttpSession.OFFER;
import static dev.parley.http.HttpSession.newCode;
import static dev.parley.http.HttpSession.newToken;
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

/** POST /api/v1/sessions: a session is opened once, and the same call again finds it. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class OpeningTest {
    @Inject
    MovableClock clock;

    private final TestClient client = TestClient.ofNewOrigin();

    @Test
    void anOfferOpensASession() {
        HttpReply opened =
                client.post("/api/v1/sessions").json(object("offer", OFFER)).is(201);

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
    }

    @Test
    void everythingThatWasSaidIsReadBack() {
        String code = newCode();
        String candidate = "candidate:1 1 udp 1 192.0.2.1 1 typ host";
        HttpReply opened = client.post("/api/v1/sessions")
                .json(object(
                        "offer",
                        OFFER,
                        "topic",
                        "chess",
                        "peerId",
                        "alice",
                        "code",
                        code,
                        "tags",
                        List.of("blitz", "rated"),
                        "ttl",
                        600,
                        "candidates",
                        List.of(candidate),
                        "end",
                        true))
                .is(201);
        assertThat(opened.textAt("/code")).isEqualTo(code);
        assertThat(opened.at("/seq").longValue())
                .as("offer, candidate, end of candidates")
                .isEqualTo(3);
        assertThat(opened.timeAt("/expiresAt")).isEqualTo(clock.instant().plusSeconds(600));

        HttpReply read = client.get(opened.header("Location")).send().is(200);
        assertThat(read.textAt("/offer")).isEqualTo(OFFER);
        assertThat(read.textAt("/topic")).isEqualTo("chess");
        assertThat(read.textAt("/peerId")).isEqualTo("alice");
        assertThat(read.textsAt("/tags")).containsExactly("blitz", "rated");
        assertThat(read.textsAt("/offerCandidates")).containsExactly(candidate);
        assertThat(read.at("/offerEnd").booleanValue()).isTrue();
        assertThat(read.timeAt("/createdAt")).isEqualTo(clock.instant());
        assertThat(read.timeAt("/expiresAt")).isEqualTo(clock.instant().plusSeconds(600));
    }

    @Test
    void twoOffersGetTwoCodesAndTwoTokens() {
        HttpReply one =
                client.post("/api/v1/sessions").json(object("offer", OFFER)).is(201);
        HttpReply other =
                client.post("/api/v1/sessions").json(object("offer", OFFER)).is(201);

        assertThat(one.textAt("/code")).isNotEqualTo(other.textAt("/code"));
        assertThat(one.textAt("/sessionToken")).isNotEqualTo(other.textAt("/sessionToken"));
    }

    @Test
    void aTokenOfTheCallersOwnIsTaken() {
        String token = newToken();
        HttpReply opened = client.post("/api/v1/sessions")
                .token(token)
                .json(object("offer", OFFER))
                .is(201);

        assertThat(opened.textAt("/sessionToken")).isEqualTo(token);
    }

    @Test
    void aRepeatedRequestIsAReplay() {
        String token = newToken();
        var body = object("offer", OFFER, "code", newCode(), "topic", "chess", "candidates", List.of("a", "b"));
        HttpReply first =
                client.post("/api/v1/sessions").token(token).json(body).is(201);
        clock.advance(Duration.ofSeconds(7));
        HttpReply again =
                client.post("/api/v1/sessions").token(token).json(body).is(200);

        assertThat(again.json()).isEqualTo(first.json());
        assertThat(again.header("Location")).isEqualTo(first.header("Location"));
        assertThat(again.header("ETag")).isEqualTo(first.header("ETag"));
        assertThat(client.get(first.header("Location") + "/events").send().at("/events"))
                .hasSize(3);
    }

    @Test
    void aTakenCodeIsRefusedToEverybodyElse() {
        HttpSession session = HttpSession.opened(client);
        var body = object("offer", OFFER, "code", session.code());

        client.post("/api/v1/sessions").json(body).isProblem(409, "code-taken");
        client.post("/api/v1/sessions").token(newToken()).json(body).isProblem(409, "code-taken");
        client.post("/api/v1/sessions")
                .token(session.offererToken())
                .json(object("offer", "another", "code", session.code()))
                .isProblem(409, "code-taken");
        assertThat(session.read().textAt("/offer")).isEqualTo(OFFER);
        assertThat(session.read().at("/seq").longValue()).isEqualTo(1);
    }

    @Test
    void theCodeOfAnExpiredSessionIsFree() {
        HttpSession session = HttpSession.opened(client);
        clock.advance(Duration.ofMinutes(5));

        client.post("/api/v1/sessions")
                .token(newToken())
                .json(object("offer", "another", "code", session.code()))
                .is(201);
        assertThat(session.read().textAt("/offer")).isEqualTo("another");
        assertThat(session.events().at("/events")).hasSize(1);
    }

    @Test
    void theCodeOfAnotherNamespaceIsFree() {
        HttpSession session = HttpSession.opened(client);

        TestClient.ofNewOrigin()
                .post("/api/v1/sessions")
                .json(object("offer", "another", "code", session.code()))
                .is(201);
        assertThat(session.read().textAt("/offer")).isEqualTo(OFFER);
    }

    @Test
    void aCandidateThatIsSentTwiceStandsOnce() {
        HttpReply opened = client.post("/api/v1/sessions")
                .json(object("offer", OFFER, "candidates", List.of("a", "b", "a")))
                .is(201);

        assertThat(opened.at("/seq").longValue()).isEqualTo(3);
        assertThat(client.get(opened.header("Location")).send().textsAt("/offerCandidates"))
                .containsExactly("a", "b");
    }

    @Test
    void aTokenTooShortToBeSecretIsRefused() {
        client.post("/api/v1/sessions")
                .token("x".repeat(21))
                .json(object("offer", OFFER))
                .isMalformed("Session-Token");
        client.post("/api/v1/sessions")
                .token("x".repeat(257))
                .json(object("offer", OFFER))
                .isMalformed("Session-Token");
        client.post("/api/v1/sessions")
                .token("x".repeat(22))
                .json(object("offer", OFFER))
                .is(201);
        client.post("/api/v1/sessions")
                .token("x".repeat(256))
                .json(object("offer", OFFER))
                .is(201);
    }

    @Test
    void aTokenWithASpaceInItIsRefused() {
        client.post("/api/v1/sessions")
                .token("a secret with spaces in it")
                .json(object("offer", OFFER))
                .isMalformed("Session-Token");
    }

    @Test
    void anOfferIsNeeded() {
        client.post("/api/v1/sessions").json(object("topic", "chess")).isMalformed("\"offer\"");
        client.post("/api/v1/sessions").json("{\"offer\":null}").isMalformed("\"offer\"");
    }
}
