package dev.parley.http;

import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.waiting.WaitRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The limits of waiting requests per session, per topic, per client and in total; a disconnected client no longer counts. */
@Tag("integration")
@QuarkusTest
@TestProfile(LimitsProfile.class)
class WaitingBoundsTest {
    private static final String LIST = "application/json";
    private static final String STREAM = "text/event-stream";
    private static final String ANOTHER_ADDRESS = "127.0.0.2";

    @Inject
    WaitRegistry waits;

    private final HttpSession session = HttpSession.opened();
    private final Deque<RawConnection> waiting = new ArrayDeque<>();

    @BeforeEach
    void nobodyWaits() {
        await().until(() -> waits.size() == 0);
    }

    @AfterEach
    void closeConnections() throws IOException {
        for (RawConnection connection : waiting) {
            connection.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {LIST, STREAM})
    void theNumberOfWaitingRequestsPerSessionIsLimited(String accept) throws IOException {
        for (int i = 0; i < LimitsProfile.PER_SESSION; i++) {
            waitFor(session, accept);
        }
        HttpReply refused = ask(session, accept).isProblem(429, "too-many-waits");
        assertThat(refused.header("Retry-After")).isEqualTo("5");
        assertThat(refused.textAt("/detail")).contains("the maximum of 3 waiting requests");
        assertThat(waits.size()).isEqualTo(LimitsProfile.PER_SESSION);

        waitFor(HttpSession.opened(), accept);
        waiting.pop().close();
        waiting.pop().close();
        await().until(() -> waits.size() == LimitsProfile.PER_SESSION - 1);
        waitFor(session, accept);
    }

    @ParameterizedTest
    @ValueSource(strings = {LIST, STREAM})
    void theNumberOfWaitingRequestsPerTopicIsLimited(String accept) throws IOException {
        for (int i = 0; i < LimitsProfile.PER_TOPIC; i++) {
            waitForTopic("chess", accept);
        }
        HttpReply refused = askForTopic("chess", accept).isProblem(429, "too-many-waits");
        assertThat(refused.header("Retry-After")).isEqualTo("5");
        assertThat(refused.textAt("/detail")).contains("This topic has the maximum of 3 waiting requests");
        assertThat(waits.size()).isEqualTo(LimitsProfile.PER_TOPIC);

        waitForTopic("go", accept);
        waiting.pop().close();
        waiting.pop().close();
        await().until(() -> waits.size() == LimitsProfile.PER_TOPIC - 1);
        waitForTopic("chess", accept);
        session.client().get("/api/v1/sessions?topic=chess").send().is(200);
    }

    @Test
    void waitsForSessionsAndForTopicsCountTogether() throws IOException {
        waitFor(session, LIST);
        waitFor(session, STREAM);
        waitForTopic("chess", LIST);
        waitForTopic("chess", STREAM);
        waitForTopic("go", STREAM);
        assertThat(askForTopic("go", LIST).isProblem(429, "too-many-waits").textAt("/detail"))
                .contains("This client has the maximum of 5 waiting requests");
        askForTopic("go", STREAM).isProblem(429, "too-many-waits");

        waitFor(session, LIST, ANOTHER_ADDRESS);
        waitFor(HttpSession.opened(), LIST, ANOTHER_ADDRESS);
        askForTopic("go", LIST).isProblem(503, "busy");
        askForTopic("go", STREAM).isProblem(503, "busy");
    }

    @Test
    void theNumberOfWaitingRequestsPerClientAndInTotalIsLimited() throws IOException {
        for (int i = 0; i < LimitsProfile.PER_CLIENT; i++) {
            waitFor(HttpSession.opened(), i % 2 == 0 ? LIST : STREAM);
        }
        assertThat(ask(session, LIST).isProblem(429, "too-many-waits").textAt("/detail"))
                .contains("client");
        ask(session, STREAM).isProblem(429, "too-many-waits");

        for (int i = LimitsProfile.PER_CLIENT; i < LimitsProfile.TOTAL; i++) {
            waitFor(session, LIST, ANOTHER_ADDRESS);
        }
        assertThat(ask(session, LIST).isProblem(503, "busy").header("Retry-After"))
                .isEqualTo("5");
        ask(session, STREAM).isProblem(503, "busy");
    }

    @Test
    void requestsThatNeedNotWaitAreNotLimited() throws IOException {
        for (int i = 0; i < LimitsProfile.PER_SESSION; i++) {
            waitFor(session, LIST);
        }
        session.client()
                .get(session.path() + "/events?after=0")
                .header("Prefer", "wait=25")
                .send()
                .is(200);
        session.events().is(200);
        session.read().is(200);
        session.answer().is(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {LIST, STREAM})
    void aDisconnectedClientNoLongerCounts(String accept) throws IOException {
        waitFor(session, accept);
        waiting.pop().close();

        await().until(() -> waits.size() == 0);
        session.answer().is(201);
    }

    @Test
    void aPipelinedRequestIsAnsweredAfterTheWaitingOne() throws IOException {
        waitFor(session, LIST);
        RawConnection connection = waiting.getFirst();
        connection.send(request("/events?after=0", LIST));
        session.trickle(session.offererToken(), object("candidates", List.of("o1")))
                .is(201);

        assertThat(connection.receive().orElseThrow().textAt("/events/0/candidate"))
                .isEqualTo("o1");
        assertThat(connection.receive().orElseThrow().at("/events")).hasSize(2);
    }

    private void waitFor(HttpSession session, String accept) throws IOException {
        waitFor(session, accept, "127.0.0.1");
    }

    private void waitFor(HttpSession session, String accept, String address) throws IOException {
        waitFor(request(session, "/events?after=1", accept), address);
    }

    private void waitForTopic(String topic, String accept) throws IOException {
        waitFor(
                "GET /api/v1/sessions?topic=" + topic
                        + " HTTP/1.1\r\nHost: x\r\nPrefer: wait=20\r\nIf-None-Match: *\r\nAccept: " + accept
                        + "\r\nOrigin: "
                        + session.client().origin() + "\r\n\r\n",
                "127.0.0.1");
    }

    private void waitFor(String request, String address) throws IOException {
        int others = waits.size();
        var connection = new RawConnection(address);
        waiting.push(connection);
        connection.send(request);
        await().until(() -> waits.size() == others + 1);
    }

    private HttpReply askForTopic(String topic, String accept) {
        return session.client()
                .get("/api/v1/sessions?topic=" + topic)
                .header("Prefer", "wait=20")
                .header("If-None-Match", "*")
                .header("Accept", accept)
                .send();
    }

    private String request(String path, String accept) {
        return request(session, path, accept);
    }

    private static String request(HttpSession session, String path, String accept) {
        return "GET " + session.path() + path + " HTTP/1.1\r\nHost: x\r\nPrefer: wait=20\r\nAccept: " + accept
                + "\r\nOrigin: " + session.client().origin() + "\r\n\r\n";
    }

    private static HttpReply ask(HttpSession session, String accept) {
        return session.client()
                .get(session.path() + "/events?after=1")
                .header("Prefer", "wait=20")
                .header("Accept", accept)
                .send();
    }
}
