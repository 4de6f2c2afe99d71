package dev.parley.http;

import static dev.parley.http.HttpSession.ANSWER;
import static dev.parley.http.HttpSession.OFFER;
import static dev.parley.http.TestClient.object;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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

/** GET /api/v1/sessions and /api/v1/topics: what waits for an answer here, page by page. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class DiscoveryTest {
    @Inject
    MovableClock clock;

    private final TestClient client = TestClient.ofNewOrigin();

    @Test
    void sessionsAreListedNewestFirst() {
        open("a", "chess");
        open("b", "chess");
        open("c", "go");

        assertThat(codes("")).containsExactly("c", "b", "a");
        assertThat(codes("?topic=chess")).containsExactly("b", "a");
        assertThat(codes("?topic=none")).isEmpty();
    }

    @Test
    void aListingTellsNeitherOfferNorSecret() {
        HttpReply opened = client.post("/api/v1/sessions")
                .json(object("offer", OFFER, "topic", "chess", "peerId", "alice", "tags", List.of("blitz")))
                .is(201);

        HttpReply found = client.get("/api/v1/sessions").send().is(200);
        assertThat(found.json())
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
    void sessionsAreFoundByTag() {
        client.post("/api/v1/sessions")
                .json(object("offer", OFFER, "topic", "t", "code", "a", "tags", List.of("red", "a b&c")));
        client.post("/api/v1/sessions")
                .json(object("offer", OFFER, "topic", "t", "code", "b", "tags", List.of("redder")));

        assertThat(codes("?tag=red")).containsExactly("a");
        assertThat(codes("?tag=a+b%26c")).containsExactly("a");
        assertThat(codes("?tag=r")).isEmpty();
        assertThat(codes("?tag=%25")).isEmpty();
        assertThat(codes("?topic=t&tag=redder")).containsExactly("b");
    }

    @Test
    void whatIsAnsweredExpiredDeletedOrWithoutATopicIsNotListed() {
        open("expired", "chess");
        clock.advance(Duration.ofSeconds(299));
        open("answered", "chess");
        open("waiting", "chess");
        client.post("/api/v1/sessions")
                .json(object("offer", OFFER, "code", "private"))
                .is(201);
        client.put("/api/v1/sessions/answered/answer")
                .json(object("answer", ANSWER))
                .is(201);
        assertThat(codes("")).containsExactly("waiting", "expired");

        clock.advance(Duration.ofSeconds(1));
        assertThat(codes("")).containsExactly("waiting");
        assertThat(topics("")).containsExactly("chess 1");
    }

    @Test
    void aNewOfferOfAnAnsweredSessionIsNotListed() {
        HttpSession session = new HttpSession(client, "again", HttpSession.newToken(), HttpSession.newToken());
        client.post("/api/v1/sessions")
                .token(session.offererToken())
                .json(object("offer", OFFER, "topic", "chess", "code", "again"))
                .is(201);
        session.answer().is(201);
        assertThat(codes("")).isEmpty();

        session.renegotiate("*", "second").is(200);
        assertThat(codes("")).isEmpty();
        assertThat(client.get("/chess/sessions").send().is(200).at("/sessions")).isEmpty();
    }

    @Test
    void pagesFollowOneAnotherWhateverComesAndGoes() {
        for (int i = 0; i < 7; i++) {
            open("s" + i, "t" + i);
        }
        var seen = new ArrayList<String>();
        String next = "";
        do {
            HttpReply page =
                    client.get("/api/v1/sessions?limit=2" + next).send().is(200);
            page.at("/items").forEach(item -> seen.add(item.path("code").textValue()));
            open("new" + seen.size(), "new");
            next = page.at("/next").isNull() ? "" : "&cursor=" + page.textAt("/next");
        } while (!next.isEmpty());

        assertThat(seen).containsExactly("s6", "s5", "s4", "s3", "s2", "s1", "s0");
    }

    @Test
    void aFullLastPageIsTheLast() {
        open("a", "t");
        open("b", "t");

        assertThat(client.get("/api/v1/sessions?limit=2").send().at("/next").isNull())
                .isTrue();
        assertThat(client.get("/api/v1/sessions?limit=1").send().at("/next").isNull())
                .isFalse();
        assertThat(client.get("/api/v1/topics?limit=1").send().at("/next").isNull())
                .isTrue();
    }

    @Test
    void topicsAreListedInAlphabeticalOrderWithTheirSessions() {
        open("a", "go");
        open("b", "chess");
        open("c", "chess");
        open("d", "checkers");

        assertThat(topics("")).containsExactly("checkers 1", "chess 2", "go 1");
        assertThat(topics("?prefix=che")).containsExactly("checkers 1", "chess 2");
        assertThat(topics("?prefix=chess")).containsExactly("chess 2");
        assertThat(topics("?prefix=x")).isEmpty();
    }

    @Test
    void aPrefixIsTextAndNoPattern() {
        for (String topic : List.of("a%b", "a_b", "axb", "a/b c+d", "ä", "äö", "\uD83D\uDE00!", "Z", "a")) {
            open(HttpSession.newCode(), topic);
        }
        assertThat(topics("?prefix=" + URLEncoder.encode("a%", UTF_8))).containsExactly("a%b 1");
        assertThat(topics("?prefix=a_")).containsExactly("a_b 1");
        assertThat(topics("?prefix=" + URLEncoder.encode("a/b c+", UTF_8))).containsExactly("a/b c+d 1");
        assertThat(topics("?prefix=" + URLEncoder.encode("ä", UTF_8))).containsExactly("ä 1", "äö 1");
        assertThat(topics("?prefix=" + URLEncoder.encode("\uD83D\uDE00", UTF_8)))
                .containsExactly("\uD83D\uDE00! 1");
        assertThat(topics("?prefix=a;b")).isEmpty();
    }

    @Test
    void pagesOfTopicsFollowOneAnother() {
        List<String> names = List.of("a", "a/b", "b", "b\n", "c d", "\uD83D\uDE00", "\uFFFD");
        names.forEach(name -> open(HttpSession.newCode(), name));
        var seen = new ArrayList<String>();
        String next = "";
        do {
            HttpReply page = client.get("/api/v1/topics?limit=2" + next).send().is(200);
            page.at("/items").forEach(item -> seen.add(item.path("topic").textValue()));
            next = page.at("/next").isNull() ? "" : "&cursor=" + page.textAt("/next");
        } while (!next.isEmpty());

        assertThat(seen).containsExactlyInAnyOrderElementsOf(names).doesNotHaveDuplicates();
        assertThat(seen.subList(0, 5)).containsExactly("a", "a/b", "b", "b\n", "c d");
    }

    @Test
    void aTopicOfTheLongestKindFitsIntoAUrlAndItsCursorBesideIt() {
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
    @ValueSource(strings = {"0", "1001", "x", "-5", "1.5"})
    void aPageHoldsOneToAThousand(String limit) {
        client.get("/api/v1/sessions?limit=" + limit).send().isMalformed("limit");
        client.get("/api/v1/topics?limit=" + limit).send().isMalformed("limit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sessions?topic=a%00", "sessions?tag=%00", "topics?prefix=%00b", "topics?cursor=YQA"})
    void whatNoTextMayHoldIsNotLookedFor(String search) {
        client.get("/api/v1/" + search).send().isMalformed(search.contains("cursor") ? "cursor" : "U+0000");
        client.get("/a%00/sessions").send().isError(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"!", "%20", "a", "gA", "=", "a%3Db", "%00", "%C3%A4", "MTI="})
    void aCursorThatNobodyGaveIsRefused(String garbage) {
        HttpReply sessions = client.get("/api/v1/sessions?cursor=" + garbage).send();
        HttpReply topics = client.get("/api/v1/topics?cursor=" + garbage).send();

        if (garbage.equals("MTI=")) {
            sessions.is(200); // padded, but what it says is a place in the list
            topics.is(200);
        } else {
            sessions.isMalformed("cursor");
            topics.isMalformed("cursor");
        }
    }

    @Test
    void aCursorOfTopicsIsNoCursorOfSessions() {
        open("a", "t1");
        open("b", "t2");
        String topics = client.get("/api/v1/topics?limit=1").send().textAt("/next");

        client.get("/api/v1/sessions?cursor=" + topics).send().isMalformed("cursor");
    }

    @Test
    void oneSeesOnlyOnesOwn() {
        open("a", "chess");

        assertThat(TestClient.ofNewOrigin().get("/api/v1/sessions").send().at("/items"))
                .isEmpty();
        assertThat(TestClient.ofNewOrigin().get("/api/v1/topics").send().at("/items"))
                .isEmpty();
    }

    private void open(String code, String topic) {
        client.post("/api/v1/sessions")
                .json(object("offer", OFFER, "topic", topic, "code", code))
                .is(201);
    }

    private List<String> codes(String query) {
        HttpReply page = client.get("/api/v1/sessions" + query).send().is(200);
        return page.at("/items").findValuesAsText("code");
    }

    private List<String> topics(String query) {
        var topics = new ArrayList<String>();
        for (JsonNode item : client.get("/api/v1/topics" + query).send().is(200).at("/items")) {
            topics.add(item.path("topic").textValue() + " " + item.path("sessions"));
        }
        return topics;
    }
}
