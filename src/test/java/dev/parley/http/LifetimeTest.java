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

/** How a session ends: at its time exactly, at another time (PATCH), or at once (DELETE). */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class LifetimeTest {
    @Inject
    MovableClock clock;

    private final HttpSession session = HttpSession.answered();

    @Test
    void itIsThereUntilItsTimeAndNotAMillisecondLonger() {
        clock.advance(Duration.ofMinutes(5).minusMillis(1));
        session.read().is(200);
        session.trickle(session.offererToken(), object("candidates", List.of("late")))
                .is(201);

        clock.advance(Duration.ofMillis(1));
        session.read().isProblem(404, "session-not-found");
        session.events().isProblem(404, "session-not-found");
        session.renegotiate("*", "x").isProblem(404, "session-not-found");
        extend(session.offererToken(), 60).isProblem(404, "session-not-found");
        close(session.offererToken()).isProblem(404, "session-not-found");
    }

    @Test
    void eitherSideExtendsIt() {
        assertThat(extend(session.offererToken(), 600).is(200).timeAt("/expiresAt"))
                .isEqualTo(clock.instant().plusSeconds(600));
        clock.advance(Duration.ofSeconds(599));
        assertThat(extend(session.answererToken(), 600).is(200).timeAt("/expiresAt"))
                .isEqualTo(clock.instant().plusSeconds(600));
        clock.advance(Duration.ofSeconds(599));
        assertThat(session.read().is(200).timeAt("/expiresAt"))
                .isEqualTo(clock.instant().plusSeconds(1));
    }

    @Test
    void itMayBeGivenLessTime() {
        extend(session.offererToken(), 10).is(200);
        clock.advance(Duration.ofSeconds(10));

        session.read().is(404);
    }

    @Test
    void extendingIsNoEvent() {
        extend(session.offererToken(), 600).is(200);

        assertThat(session.read().at("/seq").longValue()).isEqualTo(2);
    }

    @Test
    void onlyASideExtendsIt() {
        session.client().patch(session.path()).json(object("ttl", 60)).isProblem(401, "session-token-missing");
        extend(HttpSession.newToken(), 60).isProblem(403, "session-token-refused");
        TestClient.ofNewOrigin()
                .patch(session.path())
                .token(session.offererToken())
                .json(object("ttl", 60))
                .isProblem(404, "session-not-found");
    }

    @Test
    void aTimeIsNeeded() {
        session.client()
                .patch(session.path())
                .token(session.offererToken())
                .json("{}")
                .isMalformed("\"ttl\"");
    }

    @Test
    void whatIsDeletedIsGone() {
        HttpReply closed = close(session.offererToken()).is(204);
        assertThat(closed.body()).isEmpty();
        assertThat(closed.header("x-d1-bookmark")).isNotBlank();

        session.read().isProblem(404, "session-not-found");
        close(session.offererToken()).isProblem(404, "session-not-found");
        HttpReply again = session.client()
                .post("/api/v1/sessions")
                .json(object("offer", "x", "code", session.code()))
                .is(201);
        assertThat(again.at("/seq").longValue()).as("nothing of the old one").isEqualTo(1);
    }

    @Test
    void onlyTheOffererDeletes() {
        session.client().delete(session.path()).send().isProblem(401, "session-token-missing");
        close(session.answererToken()).isProblem(403, "session-token-refused");
        close(HttpSession.newToken()).isProblem(403, "session-token-refused");
        TestClient.ofNewOrigin()
                .delete(session.path())
                .token(session.offererToken())
                .send()
                .isProblem(404, "session-not-found");
        session.read().is(200);
    }

    private HttpReply extend(String token, int ttl) {
        return session.client().patch(session.path()).token(token).json(object("ttl", ttl));
    }

    private HttpReply close(String token) {
        return session.client().delete(session.path()).token(token).send();
    }
}
