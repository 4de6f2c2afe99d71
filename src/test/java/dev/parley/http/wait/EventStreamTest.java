package dev.parley.http.wait;

import static dev.parley.http.HttpSession.ANSWER;
import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.http.EventSource;
import dev.parley.http.HttpReply;
import dev.parley.http.HttpSession;
import dev.parley.http.LimitsProfile;
import dev.parley.http.RawConnection;
import dev.parley.http.TestClient;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code Accept: text/event-stream} on events: the same events as they are committed, each once. */
@QuarkusTest
@TestProfile(LimitsProfile.class)
@Timeout(120)
class EventStreamTest extends StreamTestBase {
    private final HttpSession session = HttpSession.opened();

    @Test
    void aStreamHasTheStoredEventsAndThenTheNewOnes() {
        session.answer().is(201);
        EventSource stream = stream(0);
        var received = new ArrayList<JsonNode>();
        received.add(stream.next().json());
        received.add(stream.next().json());
        session.trickle(session.answererToken(), object("candidates", List.of("a1", "a2"), "end", true));
        session.renegotiate("*", "again");
        for (int i = 0; i < 4; i++) {
            received.add(stream.next().json());
        }

        assertThat(received).containsExactlyElementsOf(session.events().at("/events"));
    }

    @Test
    void theIdOfAMessageContainsIncarnationAndSeq() {
        session.answer().is(201);
        EventSource stream = stream(0);

        String first = stream.next().id();
        EventSource.Message second = stream.next();
        assertThat(first).matches("[0-9a-z]{1,13}[.]1");
        assertThat(second.id()).isEqualTo(first.replaceFirst("1$", "2"));
        assertThat(second.event()).as("so that onmessage receives it").isEqualTo("message");
        assertThat(second.json())
                .isEqualTo(object("seq", 2, "type", "answer", "side", "answerer", "generation", 1, "answer", ANSWER));
    }

    @Test
    void theHeadersPreventCachingAndBuffering() {
        EventSource stream = stream(1);

        assertThat(header(stream, "Content-Type")).startsWith("text/event-stream");
        assertThat(header(stream, "Cache-Control")).isEqualTo("no-store");
        assertThat(header(stream, "X-Accel-Buffering")).isEqualTo("no");
        assertThat(header(stream, "x-d1-bookmark")).isNotBlank();
        assertThat(header(stream, "Access-Control-Allow-Origin")).startsWith("https://");
    }

    @Test
    void theBookmarkPrecedesTheEventsThatItCovers() {
        EventSource stream = stream(1);
        HttpReply answered = session.answer().is(201);

        EventSource.Message bookmark = stream.nextOfAnyName();
        assertThat(bookmark.event()).isEqualTo("bookmark");
        assertThat(bookmark.data()).isGreaterThanOrEqualTo(answered.header("x-d1-bookmark"));
        assertThat(stream.nextOfAnyName().id()).endsWith(".2");
    }

    @Test
    void aStreamResumesAfterTheLastIdWhateverTheQuerySays() throws IOException {
        session.answer().is(201);
        session.trickle(session.answererToken(), object("candidates", List.of("a1")));

        EventSource stream = stream(0);
        String first = stream.next().id();
        String second = stream.next().id();
        assertThat(again("?after=0", second).next().seq()).isEqualTo(3);
        assertThat(again("", first).next().seq()).isEqualTo(2);
        closeConnections();
        nobodyWaits();
        assertThat(again("?after=2", "").next().seq()).as("an empty id is none").isEqualTo(3);
    }

    @Test
    void theLastIdOfAnotherIncarnationStartsFromTheBeginning() {
        session.answer().is(201);
        String former = stream(1).next().id();
        session.client()
                .delete(session.path())
                .token(session.offererToken())
                .send()
                .is(204);
        session.client()
                .post("/api/v1/sessions")
                .json(object("offer", "of another", "code", session.code()))
                .is(201);

        assertThat(again("", former).next().json().path("offer").textValue()).isEqualTo("of another");
        assertThat(again("?after=1", former).next().seq()).isEqualTo(1);
        assertThat(again("", "5").next().seq()).as("an id of an older version").isEqualTo(1);
    }

    @Test
    void aStreamEndsWithClosedWhenItsSessionIsDeleted() {
        EventSource stream = stream(1);
        session.client()
                .delete(session.path())
                .token(session.offererToken())
                .send()
                .is(204);

        EventSource.Message closed = stream.next();
        assertThat(closed.seq()).isEqualTo(2);
        assertThat(closed.json()).isEqualTo(object("seq", 2, "type", "closed", "side", "offerer", "generation", 1));
        assertThat(stream.untilTheEnd()).contains("gone");
        await().until(() -> registry.size() == 0);
    }

    @Test
    void aStreamEndsWhenItsSessionExpires() {
        EventSource stream = stream(1);
        clock.advance(Duration.ofMinutes(5));

        assertThat(stream.untilTheEnd()).contains("gone");
        session.client()
                .get(session.path() + "/events")
                .header("Accept", "text/event-stream")
                .send()
                .isProblem(404, "session-not-found");
    }

    @Test
    void aStreamEndsEvenIfAnotherSessionHasTheCode() {
        EventSource stream = stream(1);
        clock.advance(Duration.ofMinutes(5));
        session.client()
                .post("/api/v1/sessions")
                .json(object("offer", "of another", "code", session.code()))
                .is(201);
        session.answer().is(201);

        assertThat(stream.untilTheEnd()).contains("gone");
    }

    @Test
    void anIdleStreamReceivesComments() {
        EventSource stream = stream(1);
        stream.awaitComment("still here");
        session.answer().is(201);

        assertThat(stream.next().seq()).isEqualTo(2);
    }

    @Test
    void aCandidateWithLineBreaksIsTheSameJson() {
        String candidate = "{\"candidate\": \"c\\n\",\r\n\t\"sdpMid\":\r\"0\"\n}";
        session.client()
                .post(session.path() + "/candidates")
                .token(session.offererToken())
                .json("{\"candidates\": [" + candidate + "]}")
                .is(201);

        assertThat(stream(1).next().json().path("candidate")).isEqualTo(object("candidate", "c\n", "sdpMid", "0"));
    }

    @Test
    void aSlowReaderMissesNoEvent() {
        EventSource stream = stream(1);
        String large = "x".repeat(60_000);
        for (int i = 0; i < 100; i++) {
            session.renegotiate("*", large + i).is(200);
        }

        for (int i = 0; i < 100; i++) {
            assertThat(stream.next().json().path("offer").textValue()).isEqualTo(large + i);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*/*|application/json",
                "application/json|application/json",
                "application/*|application/json",
                "text/event-stream;q=0.5, application/json|application/json",
                "text/html, */*;q=0.1|application/json",
            })
    void otherMediaTypesGetAList(String accept, String mediaType) {
        HttpReply reply = session.client()
                .get(session.path() + "/events")
                .header("Accept", accept)
                .send()
                .is(200);

        assertThat(reply.mediaType()).isEqualTo(mediaType);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream", "text/event-stream, application/json;q=0.5", "text/*"})
    void textEventStreamGetsAStream(String accept) {
        HttpReply reply = session.client()
                .call("HEAD", session.path() + "/events")
                .header("Accept", accept)
                .send()
                .is(200);

        assertThat(reply.mediaType()).isEqualTo("text/event-stream");
        await().until(() -> registry.size() == 0);
    }

    @Test
    void aRequestThatAcceptsNeitherIsRejected() {
        session.client()
                .get(session.path() + "/events")
                .header("Accept", "text/html")
                .send()
                .isProblem(406, "blank");
    }

    @Test
    void aStreamOfAnUnknownSessionIsAProblem() {
        TestClient.ofNewOrigin()
                .get(session.path() + "/events")
                .header("Accept", "text/event-stream")
                .send()
                .isProblem(404, "session-not-found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "x", "1.5.2", "A.1", ".1", "1.", "9223372036854775808"})
    void anInvalidLastEventIdIsRejected(String garbage) {
        session.client()
                .get(session.path() + "/events")
                .header("Accept", "text/event-stream")
                .header("Last-Event-ID", garbage)
                .send()
                .isMalformed("Last-Event-ID");
        session.client()
                .get(session.path() + "/events?after=" + garbage)
                .header("Accept", "text/event-stream")
                .send()
                .isMalformed("after");
    }

    @Test
    void aStreamWhoseClientReadsNothingIsClosed() throws IOException {
        try (var silent = new RawConnection()) {
            silent.send("GET " + session.path() + "/events HTTP/1.1\r\nHost: x\r\nOrigin: "
                    + session.client().origin() + "\r\nAccept: text/event-stream\r\n\r\n");
            await().until(() -> registry.size() == 1);
            for (int i = 0; i < 200; i++) {
                session.renegotiate("*", "x".repeat(65_000)).is(200);
            }
            await().atMost(Duration.ofSeconds(40)) // shorter than a connection may be idle
                    .until(() -> registry.size() == 0);
        }
    }

    private EventSource stream(long after) {
        return kept(EventSource.of(session, after));
    }

    private EventSource again(String query, String lastEventId) {
        return kept(EventSource.again(session, query, lastEventId));
    }

    private static String header(EventSource stream, String name) {
        return stream.headers().firstValue(name).orElse("");
    }
}
