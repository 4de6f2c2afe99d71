package dev.parley.http;

import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.contract.SqliteProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each reply has a bookmark, and each call accepts one. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class BookmarksTest {
    private static final String ELSEWHERE = "2-0123456789abcdef01234567-0000000000000001";
    private static final String FORMER = "1-0123456789abcdef01234567-0000000000000001-abcdefghijklmnopqrstuv";

    private final HttpSession session = HttpSession.opened();
    private final TestClient client = session.client();

    @Test
    void eachReplyHasABookmarkAndItsNode() {
        List<HttpReply> replies = List.of(
                session.read(),
                client.call("HEAD", session.path()).send(),
                client.get(session.path()).header("If-None-Match", "*").send(),
                session.events(),
                session.answer(),
                session.trickle(session.offererToken(), object("end", true)),
                session.renegotiate("*", "x"),
                client.patch(session.path()).token(session.offererToken()).json(object("ttl", 60)),
                client.get("/api/v1/sessions").send(),
                client.get("/api/v1/topics").send(),
                client.get("/").send(),
                client.get("/topics").send(),
                client.get("/t/sessions").send(),
                client.post("/t/offer").json(object("peerId", "p", "offer", "o")),
                client.post("/poll").json(object("code", session.code(), "side", "offerer")),
                client.post("/answer")
                        .token(session.answererToken())
                        .json(object("code", session.code(), "side", "answerer", "answer", "a")),
                client.get("/health").send(),
                client.delete(session.path()).token(session.offererToken()).send());
        for (HttpReply reply : replies) {
            assertThat(reply.status()).isLessThan(400);
            assertThat(reply.header("x-d1-bookmark")).hasSize(43);
            assertThat(reply.header("x-served-by")).isEqualTo("local");
            assertThat(reply.header("x-served-by-primary")).isEqualTo("true");
            assertThat(reply.header("x-served-by-region")).isEqualTo("local");
            assertThat(reply.hasHeader("x-bookmark-status")).isFalse();
            assertThat(reply.header("Cache-Control")).isEqualTo("no-store");
        }
    }

    @Test
    void refusalsHaveABookmark() {
        List<HttpReply> replies = List.of(
                client.get("/a%FF/sessions").send().is(400),
                client.get("/api/v1/nothing").send().is(404),
                client.delete("/api/v1/topics").send().is(405),
                client.get("/api/v1/sessions/nobody").send().is(404),
                client.post("/api/v1/sessions").json(object("offer", 1)).is(400),
                client.post("/api/v1/sessions")
                        .json(object("offer", "o".repeat(300_000)))
                        .is(413),
                client.get("/topics").header("x-d1-bookmark", "garbage").send().is(400));
        for (HttpReply reply : replies) {
            assertThat(reply.header("x-d1-bookmark")).hasSize(43);
            assertThat(reply.header("x-served-by")).isEqualTo("local");
            assertThat(reply.hasHeader("x-bookmark-status")).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"first-primary", "first-unconstrained", ""})
    void eachReadAcceptsTheWordsInPlaceOfABookmark(String word) {
        for (Function<TestClient, TestClient.Call> call : reads()) {
            call.apply(client).header("x-d1-bookmark", word).send().is(200);
        }
    }

    @Test
    void aBookmarkOfAnotherHistoryIsReset() {
        for (Function<TestClient, TestClient.Call> call : reads()) {
            HttpReply read =
                    call.apply(client).header("x-d1-bookmark", ELSEWHERE).send().is(200);
            assertThat(read.header("x-bookmark-status")).isEqualTo("reset");
            assertThat(read.header("x-d1-bookmark")).doesNotContain("0123456789abcdef01234567");
        }
    }

    @Test
    void aBookmarkOfTheFormerFormatCountsAsAbsent() {
        for (Function<TestClient, TestClient.Call> call : reads()) {
            HttpReply read =
                    call.apply(client).header("x-d1-bookmark", FORMER).send().is(200);
            assertThat(read.hasHeader("x-bookmark-status")).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "garbage",
                "FIRST-PRIMARY",
                "first-primary, first-primary",
                "0",
                "2-0123456789abcdef01234567-000000000000001",
                "2-0123456789ABCDEF01234567-0000000000000001",
                "1-0123456789abcdef01234567-0000000000000001",
                "2-0123456789abcdef01234567-0000000000000001-abcdefghijklmnopqrstuv",
            })
    void invalidBookmarksAreRejected(String garbage) {
        client.get(session.path()).header("x-d1-bookmark", garbage).send().isMalformed("x-d1-bookmark");
        client.get("/t/sessions").header("x-d1-bookmark", garbage).send().isError(400);
        client.get("/health").header("x-d1-bookmark", garbage).send().isError(400);
        client.post("/api/v1/sessions")
                .header("x-d1-bookmark", garbage)
                .json(object("offer", "o", "code", "not-written"))
                .isMalformed("x-d1-bookmark");
        client.get("/api/v1/sessions/not-written").send().is(404);
    }

    @Test
    void twoBookmarksAreRejected() {
        client.get(session.path())
                .header("x-d1-bookmark", ELSEWHERE)
                .header("x-d1-bookmark", ELSEWHERE)
                .send()
                .isMalformed("twice");
    }

    private List<Function<TestClient, TestClient.Call>> reads() {
        return List.of(
                page -> page.get(session.path()),
                page -> page.get(session.path() + "/events"),
                page -> page.get("/api/v1/sessions"),
                page -> page.get("/api/v1/topics"),
                page -> page.get("/"),
                page -> page.get("/topics"),
                page -> page.get("/t/sessions"),
                page -> page.get("/health"));
    }
}
