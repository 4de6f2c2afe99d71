package dev.parley.http.wait;

import static dev.parley.http.HttpSession.ANSWER;
import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.contract.MovableClock;
import dev.parley.http.HttpReply;
import dev.parley.http.HttpSession;
import dev.parley.http.LimitsProfile;
import dev.parley.http.TestClient;
import dev.parley.waiting.WaitRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code Prefer: wait} on events and on the conditional snapshot: the reply comes with the news, or when the time is up. */
@QuarkusTest
@TestProfile(LimitsProfile.class)
class LongPollTest {
    @Inject
    WaitRegistry registry;

    @Inject
    MovableClock clock;

    private final HttpSession session = HttpSession.opened();

    @BeforeEach
    void nobodyWaits() {
        await().until(() -> registry.size() == 0);
    }

    @Test
    void anAnswerCompletesTheReply() {
        CompletableFuture<HttpReply> waiting = waitForEvents(1, "wait=25");
        assertThat(waiting).isNotDone();
        session.answer().is(201);

        HttpReply reply = reply(waiting).is(200);
        assertThat(reply.at("/events")).hasSize(1);
        assertThat(reply.textAt("/events/0/answer")).isEqualTo(ANSWER);
        assertThat(reply.at("/next").longValue()).isEqualTo(2);
        assertThat(reply.header("Preference-Applied")).isEqualTo("wait=25");
        await().until(() -> registry.size() == 0);
    }

    @Test
    void theBookmarkCoversTheEventsOfTheReply() {
        CompletableFuture<HttpReply> waiting = waitForEvents(1, "wait=25");
        HttpReply answered = session.answer().is(201);

        assertThat(reply(waiting).header("x-d1-bookmark")).isGreaterThanOrEqualTo(answered.header("x-d1-bookmark"));
    }

    @Test
    void storedEventsAreReturnedAtOnce() {
        HttpReply reply = events(0, "wait=25").send().is(200);

        assertThat(reply.at("/events")).hasSize(1);
        assertThat(reply.header("Preference-Applied")).isEqualTo("wait=25");
    }

    @Test
    void everyKindOfEventCompletesTheReply() {
        session.answer().is(201);
        CompletableFuture<HttpReply> waiting = waitForEvents(2, "wait=25");
        session.trickle(session.offererToken(), object("candidates", List.of("o1")));
        assertThat(reply(waiting).textAt("/events/0/candidate")).isEqualTo("o1");

        waiting = waitForEvents(3, "wait=25");
        session.trickle(session.answererToken(), object("end", true));
        assertThat(reply(waiting).textAt("/events/0/type")).isEqualTo("end-of-candidates");

        waiting = waitForEvents(4, "wait=25");
        session.renegotiate("*", "again");
        assertThat(reply(waiting).textAt("/events/0/offer")).isEqualTo("again");
    }

    @Test
    void aReplyHasAtMostTheEventsThatWereAskedFor() {
        nobodyWaits();
        CompletableFuture<HttpReply> waiting = session.client()
                .get(session.path() + "/events?after=1&limit=1")
                .header("Prefer", "wait=25")
                .sendAsync();
        await().until(() -> registry.size() == 1);
        session.trickle(session.offererToken(), object("candidates", List.of("o1", "o2")));

        HttpReply reply = reply(waiting).is(200);
        assertThat(reply.at("/events")).hasSize(1);
        assertThat(reply.textAt("/events/0/candidate")).isEqualTo("o1");
        assertThat(reply.at("/next").longValue()).isEqualTo(2);
    }

    @Test
    void aChangeThroughTheCompatibleApiCompletesTheReply() {
        TestClient client = TestClient.ofNewOrigin();
        String code = client.post("/chess/offer")
                .json(object("peerId", "a", "offer", "x"))
                .is(200)
                .textAt("/code");
        CompletableFuture<HttpReply> waiting = client.get("/api/v1/sessions/" + code + "/events?after=1")
                .header("Prefer", "wait=25")
                .sendAsync();
        await().until(() -> registry.size() == 1);
        client.post("/answer")
                .json(object("code", code, "side", "answerer", "answer", "y"))
                .is(200);

        assertThat(reply(waiting).textAt("/events/0/answer")).isEqualTo("y");
    }

    @Test
    void afterTheRequestedTimeTheReplyIsEmpty() {
        long start = System.nanoTime();
        HttpReply reply = events(1, "wait=1").send().is(200);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(reply.at("/events")).isEmpty();
        assertThat(reply.at("/next").longValue()).isEqualTo(1);
        assertThat(reply.header("Preference-Applied")).isEqualTo("wait=1");
    }

    @Test
    void aWaitOfZeroSecondsIsAccepted() {
        assertThat(events(1, "wait=0").send().is(200).header("Preference-Applied"))
                .isEqualTo("wait=0");
    }

    @Test
    void theWaitIsAtMostThirtySeconds() {
        assertThat(events(0, "wait=31").send().is(200).header("Preference-Applied"))
                .isEqualTo("wait=30");
        assertThat(events(0, "wait=30").send().is(200).header("Preference-Applied"))
                .isEqualTo("wait=30");
        assertThat(events(0, "wait=29").send().is(200).header("Preference-Applied"))
                .isEqualTo("wait=29");
    }

    @ParameterizedTest
    @ValueSource(strings = {"wait", "wait=soon", "respond-async", ""})
    void anInvalidPreferenceIsIgnored(String preference) {
        HttpReply reply = events(1, preference).send().is(200);

        assertThat(reply.at("/events")).isEmpty();
        assertThat(reply.hasHeader("Preference-Applied")).isFalse();
    }

    @Test
    void aKnownStateIsFollowedByTheNextOne() {
        CompletableFuture<HttpReply> waiting =
                snapshot(session.tag(), "wait=25").sendAsync();
        await().until(() -> registry.size() == 1);
        session.answer().is(201);

        HttpReply reply = reply(waiting).is(200);
        assertThat(reply.textAt("/answer")).isEqualTo(ANSWER);
        assertThat(reply.header("ETag")).isEqualTo(session.tag());
        assertThat(reply.header("Preference-Applied")).isEqualTo("wait=25");
    }

    @Test
    void anUnchangedStateIsNotModifiedAfterTheWait() {
        HttpReply reply = snapshot(session.tag(), "wait=1").send().is(304);

        assertThat(reply.header("ETag")).isEqualTo(session.tag());
        assertThat(reply.header("Preference-Applied")).isEqualTo("wait=1");
        assertThat(reply.body()).isEmpty();
    }

    @Test
    void aStateThatIsNotKnownIsReturnedAtOnce() {
        snapshot("\"0\", W/\"7\"", "wait=25").send().is(200);
    }

    @Test
    void aReadWithoutAConditionDoesNotWait() {
        HttpReply reply = session.client()
                .get(session.path())
                .header("Prefer", "wait=25")
                .send()
                .is(200);

        assertThat(reply.hasHeader("Preference-Applied")).isFalse();
    }

    @Test
    void aWaitingRequestGetsClosedWhenItsSessionIsDeleted() {
        session.answer().is(201);
        CompletableFuture<HttpReply> waiting = waitForEvents(2, "wait=25");
        CompletableFuture<HttpReply> snapshot =
                snapshot(session.tag(), "wait=25").sendAsync();
        await().until(() -> registry.size() == 2);
        delete();

        assertThat(reply(waiting).is(200).json())
                .isEqualTo(object(
                        "events",
                        List.of(object("seq", 3, "type", "closed", "side", "offerer", "generation", 1)),
                        "next",
                        3));
        reply(snapshot).isProblem(404, "session-not-found");
        events(3, "wait=25").send().isProblem(404, "session-not-found");
    }

    @Test
    void closedIsNotReturnedToAClientThatKnowsLaterEvents() {
        CompletableFuture<HttpReply> waiting = waitForEvents(9, "wait=25");
        delete();

        reply(waiting).isProblem(404, "session-not-found");
    }

    @Test
    void aWaitingRequestGets404WhenItsSessionExpires() {
        CompletableFuture<HttpReply> waiting = waitForEvents(1, "wait=25");
        CompletableFuture<HttpReply> snapshot =
                snapshot(session.tag(), "wait=25").sendAsync();
        await().until(() -> registry.size() == 2);
        clock.advance(Duration.ofMinutes(5));

        reply(waiting).isProblem(404, "session-not-found");
        reply(snapshot).isProblem(404, "session-not-found");
    }

    @Test
    void aWaitingRequestGets404EvenIfAnotherSessionHasTheCode() {
        CompletableFuture<HttpReply> waiting = waitForEvents(1, "wait=25");
        CompletableFuture<HttpReply> snapshot =
                snapshot(session.tag(), "wait=25").sendAsync();
        await().until(() -> registry.size() == 2);
        clock.advance(Duration.ofMinutes(5));
        session.client()
                .post("/api/v1/sessions")
                .json(object("offer", "of another", "code", session.code()))
                .is(201);
        session.answer().is(201);

        reply(waiting).isProblem(404, "session-not-found");
        reply(snapshot).isProblem(404, "session-not-found");
    }

    @Test
    void aRequestForAnUnknownSessionDoesNotWait() {
        session.client()
                .get("/api/v1/sessions/no-such-code/events")
                .header("Prefer", "wait=25")
                .send()
                .isProblem(404, "session-not-found");
    }

    @Test
    void theSameCodeInAnotherNamespaceIsAnotherSession() {
        TestClient stranger = TestClient.ofNewOrigin();
        stranger.post("/api/v1/sessions")
                .json(object("offer", "x", "code", session.code()))
                .is(201);
        CompletableFuture<HttpReply> waiting = waitForEvents(1, "wait=2");
        stranger.put(session.path() + "/answer").json(object("answer", "y")).is(201);

        assertThat(reply(waiting).at("/events")).isEmpty();
    }

    @Test
    void aHeadRequestWaitsLikeAGetRequest() {
        CompletableFuture<HttpReply> waiting = session.client()
                .call("HEAD", session.path() + "/events?after=1")
                .header("Prefer", "wait=25")
                .sendAsync();
        await().until(() -> registry.size() == 1);
        session.answer().is(201);

        assertThat(reply(waiting).is(200).header("Preference-Applied")).isEqualTo("wait=25");
    }

    /** Waits as the only request: the former one may have its reply a moment before it has left the registry. */
    private CompletableFuture<HttpReply> waitForEvents(long after, String preference) {
        nobodyWaits();
        CompletableFuture<HttpReply> waiting = events(after, preference).sendAsync();
        await().until(() -> registry.size() == 1);
        return waiting;
    }

    private TestClient.Call events(long after, String preference) {
        return session.client().get(session.path() + "/events?after=" + after).header("Prefer", preference);
    }

    private TestClient.Call snapshot(String ifNoneMatch, String preference) {
        return session.client()
                .get(session.path())
                .header("If-None-Match", ifNoneMatch)
                .header("Prefer", preference);
    }

    private void delete() {
        session.client()
                .delete(session.path())
                .token(session.offererToken())
                .send()
                .is(204);
    }

    private static HttpReply reply(CompletableFuture<HttpReply> waiting) {
        return waiting.orTimeout(120, TimeUnit.SECONDS).join();
    }
}
