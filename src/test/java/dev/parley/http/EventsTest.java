package dev.parley.http;

import static dev.parley.http.HttpSession.ANSWER;
import static dev.parley.http.HttpSession.OFFER;
import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.contract.SqliteProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GET /api/v1/sessions/{code}/events: the events, numbered without gaps, after any number. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class EventsTest {
    private final HttpSession session = HttpSession.answered();

    EventsTest() {
        session.trickle(session.answererToken(), object("candidates", List.of("a1"), "end", true));
    }

    @Test
    void eachKindOfEventHasItsFieldsAndNoOther() {
        HttpReply events = session.events().is(200);

        assertThat(events.json())
                .isEqualTo(object(
                        "events",
                        List.of(
                                event(1, "offer", "offerer", "offer", OFFER),
                                event(2, "answer", "answerer", "answer", ANSWER),
                                event(3, "candidate", "answerer", "candidate", "a1"),
                                object("seq", 4, "type", "end-of-candidates", "side", "answerer", "generation", 1)),
                        "next",
                        4));
    }

    @Test
    void onlyLaterEventsAreReturned() {
        HttpReply events = events("?after=2").is(200);

        assertThat(events.at("/events")).hasSize(2);
        assertThat(events.at("/events/0/seq").longValue()).isEqualTo(3);
        assertThat(events.at("/next").longValue()).isEqualTo(4);
    }

    @Test
    void theListIsEmptyIfThereAreNoLaterEvents() {
        for (String after : List.of("4", "5", "9223372036854775807")) {
            HttpReply events = events("?after=" + after).is(200);
            assertThat(events.at("/events")).isEmpty();
            assertThat(events.at("/next").asText())
                    .as("the number that was sent")
                    .isEqualTo(after);
        }
    }

    @Test
    void aPageContinuesTheFormerOne() {
        HttpReply first = events("?limit=3").is(200);
        assertThat(first.at("/events")).hasSize(3);
        assertThat(first.at("/next").longValue()).isEqualTo(3);

        HttpReply second =
                events("?limit=3&after=" + first.at("/next").longValue()).is(200);
        assertThat(second.at("/events")).hasSize(1);
        assertThat(second.at("/next").longValue()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "x",
                "1.5",
                "1e2",
                "%20",
                "0x1",
                "9223372036854775808",
                "%00",
                "1,2",
                "NaN",
                "%2B1",
                "-0",
                "%D9%A3"
            })
    void anInvalidAfterIsRejected(String garbage) {
        events("?after=" + garbage).isMalformed("after");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1001", "x", "2147483648", "9223372036854775808", "1.0", "%2B1", "%D9%A3"})
    void aLimitIsFromOneToAThousand(String garbage) {
        events("?limit=" + garbage).isMalformed("limit");
    }

    @Test
    void theBoundsOfAPageAreAllowed() {
        assertThat(events("?limit=1").is(200).at("/events")).hasSize(1);
        assertThat(events("?limit=1000").is(200).at("/events")).hasSize(4);
    }

    @Test
    void anEmptyParameterIsIgnored() {
        assertThat(events("?after=&limit=").is(200).at("/events")).hasSize(4);
    }

    @Test
    void aStrangerFindsNoSession() {
        TestClient.ofNewOrigin().get(session.path() + "/events").send().isProblem(404, "session-not-found");
    }

    private HttpReply events(String query) {
        return session.client().get(session.path() + "/events" + query).send();
    }

    private static Object event(int seq, String type, String side, String field, String value) {
        return object("seq", seq, "type", type, "side", side, "generation", 1, field, value);
    }
}
