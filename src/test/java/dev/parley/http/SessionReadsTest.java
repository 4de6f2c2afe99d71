package dev.parley.http;

import static dev.parley.http.HttpSession.ANSWER;
import static dev.parley.http.HttpSession.OFFER;
import static dev.parley.http.TestClient.object;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.contract.MovableClock;
import dev.parley.contract.SqliteProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The calls of the native API that read: a session, its events, sessions and topics. The contract of the store proves which of them are
 * found.
 */
@QuarkusTest
@TestProfile(SqliteProfile.class)
@SuppressWarnings("NullAway.Init") // the container fills the field
class SessionReadsTest {
    @Inject
    MovableClock clock;

    private final TestClient client = TestClient.ofNewOrigin();
    private final HttpSession session = HttpSession.opened(client);

    @Test
    void anUnansweredSessionHasNoAnswer() {
        HttpReply read = session.read().is(200);

        for (String field : List.of("/answer", "/topic", "/peerId")) {
            assertThat(read.at(field).isNull()).as(field).isTrue();
        }
        for (String list : List.of("/tags", "/offerCandidates", "/answerCandidates")) {
            assertThat(read.at(list)).as(list).isEmpty();
        }
        assertThat(read.at("/offerEnd").booleanValue()).isFalse();
        assertThat(read.at("/answerEnd").booleanValue()).isFalse();
    }

    @Test
    void noReplyContainsAToken() {
        session.answer().is(201);

        assertThat(session.read().text()).doesNotContain(session.offererToken(), session.answererToken());
        assertThat(session.events().text()).doesNotContain(session.offererToken(), session.answererToken());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TAG", "W/TAG", "*", "\"7\",W/TAG,\"x\"", ", ,TAG"})
    void aKnownStateGets304(String known) {
        String tag = session.tag();
        HttpReply unchanged = ifNoneMatch("GET", known.replace("TAG", tag)).is(304);

        assertThat(unchanged.header("ETag")).isEqualTo(tag);
        assertThat(unchanged.body()).isEmpty();
    }

    @Test
    void severalLinesOfIfNoneMatchAreOneList() {
        client.get(session.path())
                .header("If-None-Match", "\"x\"")
                .header("If-None-Match", session.tag())
                .send()
                .is(304);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"1\"", "\"0\", W/\"2\"", ""})
    void anotherStateIsRead(String known) {
        ifNoneMatch("GET", known).is(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage", "\"1\" \"2\""})
    void invalidEntityTagsAreRejected(String garbage) {
        ifNoneMatch("GET", garbage).isMalformed("If-None-Match");
    }

    @Test
    void headHasTheHeadersOfGet() {
        HttpReply head = client.call("HEAD", session.path()).send().is(200);

        assertThat(head.body()).isEmpty();
        assertThat(head.header("ETag")).isEqualTo(session.tag());
        assertThat(head.header("x-d1-bookmark")).isNotBlank();
        ifNoneMatch("HEAD", session.tag()).is(304);
    }

    private HttpReply ifNoneMatch(String method, String tags) {
        return client.call(method, session.path()).header("If-None-Match", tags).send();
    }

    @Test
    void unknownForeignExpiredAndDeletedSessionsLookTheSame() {
        HttpSession expired = HttpSession.opened();
        clock.advance(Duration.ofSeconds(200));
        HttpSession foreign = HttpSession.opened();
        HttpSession deleted = HttpSession.opened();
        deleted.client()
                .delete(deleted.path())
                .token(deleted.offererToken())
                .send()
                .is(204);
        clock.advance(Duration.ofSeconds(100));

        HttpReply unknown =
                client.get("/api/v1/sessions/" + HttpSession.newCode()).send().isProblem(404, "session-not-found");
        for (HttpReply other :
                List.of(client.get(foreign.path()).send(), expired.read(), deleted.read(), expired.events())) {
            assertThat(other.status()).isEqualTo(404);
            assertThat(other.text()).isEqualTo(unknown.text());
            assertThat(other.headers().map().keySet())
                    .isEqualTo(unknown.headers().map().keySet());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"%20", "a%2Fb", "%00", "a+b", "caf%C3%A9", "a*b", "%F0%9F%98%80"})
    void invalidCodesAreUnknown(String code) {
        client.get("/api/v1/sessions/" + code).send().isProblem(404, "session-not-found");
    }

    @Test
    void aCodeMayContainEveryUnreservedCharacter() {
        client.post("/api/v1/sessions")
                .json(object("offer", "x", "code", "AZaz09._~-"))
                .is(201);

        client.get("/api/v1/sessions/AZaz09._~-").send().is(200);
        client.get("/api/v1/sessions/%41Zaz09%2E_%7E-").send().is(200);
    }

    @Test
    void eachTypeOfEventHasItsFields() {
        fourEvents();

        assertThat(events("").json())
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

    private static Object event(int seq, String type, String side, String field, String value) {
        return object("seq", seq, "type", type, "side", side, "generation", 1, field, value);
    }

    @Test
    void eventsAreReadPageByPage() {
        fourEvents();

        HttpReply first = events("?limit=3");
        assertThat(first.at("/events")).hasSize(3);
        HttpReply second = events("?limit=3&after=" + first.at("/next"));
        assertThat(second.at("/events")).hasSize(1);
        assertThat(second.at("/events/0/seq").longValue()).isEqualTo(4);
        assertThat(second.at("/next").longValue()).isEqualTo(4);
        assertThat(events("?limit=1").at("/events")).hasSize(1);
        assertThat(events("?limit=1000").at("/events")).hasSize(4);
        assertThat(events("?after=&limit=").at("/events")).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2", "9223372036854775807"})
    void withoutLaterEventsTheListIsEmpty(String after) {
        HttpReply none = events("?after=" + after);

        assertThat(none.at("/events")).isEmpty();
        assertThat(none.at("/next").asText()).isEqualTo(after);
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
    void invalidNumbersAreRejected(String number) {
        client.get(session.path() + "/events?after=" + number).send().isMalformed("after");
        client.get(session.path() + "/events?limit=" + number).send().isMalformed("limit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1001", "2147483648"})
    void aLimitIsFromOneToAThousand(String limit) {
        for (String path : List.of(session.path() + "/events", "/api/v1/sessions", "/api/v1/topics")) {
            client.get(path + "?limit=" + limit).send().isMalformed("limit");
        }
    }

    private void fourEvents() {
        session.answer().is(201);
        session.trickle(session.answererToken(), object("candidates", List.of("a1"), "end", true))
                .is(201);
    }

    private HttpReply events(String query) {
        return client.get(session.path() + "/events" + query).send().is(200);
    }

    @Test
    void aListedSessionHasItsPublicFields() {
        HttpReply opened = client.post("/api/v1/sessions")
                .json(object("offer", OFFER, "topic", "chess", "peerId", "alice", "tags", List.of("blitz")))
                .is(201);

        assertThat(client.get("/api/v1/sessions").send().is(200).json())
                .isEqualTo(object(
                        "items",
                        List.of(object(
                                "code", opened.textAt("/code"),
                                "topic", "chess",
                                "peerId", "alice",
                                "tags", List.of("blitz"),
                                "createdAt", clock.instant().toString(),
                                "expiresAt", clock.instant().plusSeconds(300).toString())),
                        "next",
                        null));
    }

    @Test
    void sessionsAreFoundByTopicAndTag() {
        open("a", "t", "red", "a b&c");
        open("b", "t", "redder");
        open("c", "a/b c+d", "red");

        assertThat(codes("")).containsExactly("c", "b", "a");
        assertThat(codes("?topic=t")).containsExactly("b", "a");
        assertThat(codes("?topic=a/b%20c%2Bd")).containsExactly("c");
        assertThat(codes("?topic=none")).isEmpty();
        assertThat(codes("?tag=red")).containsExactly("c", "a");
        assertThat(codes("?tag=a+b%26c")).containsExactly("a");
        assertThat(codes("?topic=t&tag=redder")).containsExactly("b");
    }

    @Test
    void topicsAreListedWithTheNumbersOfTheirSessions() {
        open("a", "go");
        open("b", "chess");
        open("c", "chess");
        open("d", "che;k");
        open("e", "\uD83D\uDE00!");

        assertThat(topics("?prefix=c")).containsExactly("che;k 1", "chess 2");
        assertThat(topics("?prefix=che;")).containsExactly("che;k 1");
        assertThat(topics("?prefix=" + URLEncoder.encode("\uD83D\uDE00", UTF_8)))
                .containsExactly("\uD83D\uDE00! 1");
        assertThat(topics("?prefix=x")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sessions", "topics"})
    void eachPageHasTheCursorOfTheNext(String list) {
        for (String code : List.of("a", "b", "c")) {
            open(code, "topic " + code);
        }
        var seen = new ArrayList<String>();
        String next = "";
        do {
            HttpReply page =
                    client.get("/api/v1/" + list + "?limit=1" + next).send().is(200);
            seen.add(page.textAt("/items/0/topic"));
            next = page.at("/next").isNull() ? "" : "&cursor=" + page.textAt("/next");
        } while (!next.isEmpty());

        assertThat(seen).containsExactlyInAnyOrder("topic a", "topic b", "topic c");
        assertThat(client.get("/api/v1/" + list + "?limit=3").send().at("/next").isNull())
                .isTrue();
    }

    @Test
    void theLongestTopicFitsIntoAUrlWithACursor() {
        String prefix = "\uD83D\uDE00".repeat(1023);
        open("a", prefix + "\uD83D\uDE00");
        open("b", prefix + "\uD83D\uDE01");
        assertThat(codes("?topic=" + URLEncoder.encode(prefix + "\uD83D\uDE00", UTF_8)))
                .containsExactly("a");

        String query = "/api/v1/topics?limit=1&prefix=" + URLEncoder.encode(prefix, UTF_8);
        HttpReply first = client.get(query).send().is(200);
        HttpReply second =
                client.get(query + "&cursor=" + first.textAt("/next")).send().is(200);
        assertThat(first.textAt("/items/0/topic")).isEqualTo(prefix + "\uD83D\uDE00");
        assertThat(second.textAt("/items/0/topic")).isEqualTo(prefix + "\uD83D\uDE01");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sessions?topic=a%00", "sessions?tag=%00", "topics?prefix=%00b", "topics?cursor=YQA"})
    void searchesForU0000AreRejected(String search) {
        client.get("/api/v1/" + search).send().isMalformed(search.contains("cursor") ? "cursor" : "U+0000");
        client.get("/a%00/sessions").send().isError(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"!", "%20", "a", "gA", "=", "a%3Db", "%00", "%C3%A4"})
    void invalidCursorsAreRejected(String garbage) {
        client.get("/api/v1/sessions?cursor=" + garbage).send().isMalformed("cursor");
        client.get("/api/v1/topics?cursor=" + garbage).send().isMalformed("cursor");
    }

    @Test
    void aCursorOfTopicsIsNoCursorOfSessions() {
        open("a", "t1");
        open("b", "t2");
        String topics = client.get("/api/v1/topics?limit=1").send().textAt("/next");

        client.get("/api/v1/sessions?cursor=" + topics).send().isMalformed("cursor");
    }

    private void open(String code, String topic, String... tags) {
        client.post("/api/v1/sessions")
                .json(object("offer", OFFER, "topic", topic, "code", code, "tags", List.of(tags)))
                .is(201);
    }

    private List<String> codes(String query) {
        return client.get("/api/v1/sessions" + query)
                .send()
                .is(200)
                .at("/items")
                .findValuesAsText("code");
    }

    private List<String> topics(String query) {
        var topics = new ArrayList<String>();
        client.get("/api/v1/topics" + query)
                .send()
                .is(200)
                .at("/items")
                .forEach(item -> topics.add(item.path("topic").textValue() + " " + item.path("sessions")));
        return topics;
    }
}
