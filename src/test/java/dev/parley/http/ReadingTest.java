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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GET /api/v1/sessions/{code}: one committed state, or nothing that tells a stranger anything. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class ReadingTest {
    @Inject
    MovableClock clock;

    @Test
    void anUnansweredSessionHasNoAnswer() {
        HttpReply read = HttpSession.opened().read().is(200);

        assertThat(read.at("/answer").isNull()).isTrue();
        assertThat(read.at("/topic").isNull()).isTrue();
        assertThat(read.at("/peerId").isNull()).isTrue();
        assertThat(read.at("/tags")).isEmpty();
        assertThat(read.at("/offerCandidates")).isEmpty();
        assertThat(read.at("/answerCandidates")).isEmpty();
        assertThat(read.at("/offerEnd").booleanValue()).isFalse();
        assertThat(read.at("/answerEnd").booleanValue()).isFalse();
    }

    @Test
    void noReplyShowsAToken() {
        HttpSession session = HttpSession.answered();

        assertThat(session.read().text()).doesNotContain(session.offererToken(), session.answererToken());
        assertThat(session.events().text()).doesNotContain(session.offererToken(), session.answererToken());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TAG",
                "W/TAG",
                "*",
                " * ",
                "\"7\", TAG",
                "\"7\",W/TAG,\"x\"",
                "\"\", TAG",
                "\"a,b\",TAG",
                "TAG,",
                ", ,TAG"
            })
    void aStateThatIsKnownIsNotRepeated(String known) {
        HttpSession session = HttpSession.opened();
        String tag = session.tag();
        HttpReply unchanged = session.client()
                .get(session.path())
                .header("If-None-Match", known.replace("TAG", tag))
                .send()
                .is(304);

        assertThat(unchanged.header("ETag")).isEqualTo(tag);
        assertThat(unchanged.body()).isEmpty();
    }

    @Test
    void severalLinesAreOneList() {
        HttpSession session = HttpSession.opened();
        for (List<String> lines : List.of(List.of("\"x\"", session.tag()), List.of(session.tag(), "\"x\""))) {
            session.client()
                    .get(session.path())
                    .header("If-None-Match", lines.get(0))
                    .header("If-None-Match", lines.get(1))
                    .send()
                    .is(304);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"1\"", "W/\"1\"", "\"\"", "\"0\", W/\"2\"", "\"a,1,b\"", ""})
    void aStateThatIsNotKnownIsRead(String known) {
        HttpSession session = HttpSession.opened();
        session.client()
                .get(session.path())
                .header("If-None-Match", known)
                .send()
                .is(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1", "\"1", "1\"", "w/\"1\"", "\"1\" \"2\"", "\"1\";", "\"1 \"x", "garbage", "'1'", "*, \"1\""})
    void whatIsNoEntityTagIsRefused(String garbage) {
        HttpSession session = HttpSession.opened();

        session.client()
                .get(session.path())
                .header("If-None-Match", garbage)
                .send()
                .isMalformed("If-None-Match");
    }

    @Test
    void aLongListOfTagsIsReadToItsEnd() {
        HttpSession session = HttpSession.opened();
        String list = "\"x\", ".repeat(3000);

        session.client()
                .get(session.path())
                .header("If-None-Match", list + session.tag())
                .send()
                .is(304);
        session.client()
                .get(session.path())
                .header("If-None-Match", list + "\"2\"")
                .send()
                .is(200);
    }

    @Test
    void unknownForeignExpiredAndDeletedLookTheSame() {
        HttpSession foreign = HttpSession.opened();
        HttpSession expired = HttpSession.opened();
        clock.advance(Duration.ofSeconds(200));
        HttpSession deleted = HttpSession.opened();
        deleted.client()
                .delete(deleted.path())
                .token(deleted.offererToken())
                .send()
                .is(204);
        clock.advance(Duration.ofSeconds(100));

        HttpReply unknown = TestClient.ofNewOrigin()
                .get("/api/v1/sessions/" + HttpSession.newCode())
                .send()
                .isProblem(404, "session-not-found");
        List<HttpReply> others = List.of(
                TestClient.ofNewOrigin().get(foreign.path()).send(), expired.read(), deleted.read(), expired.events());
        for (HttpReply other : others) {
            assertThat(other.status()).isEqualTo(404);
            assertThat(other.text()).isEqualTo(unknown.text());
            assertThat(other.headers().map().keySet())
                    .isEqualTo(unknown.headers().map().keySet());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"%20", "a%2Fb", "%00", "a+b", "caf%C3%A9", "a*b", "%F0%9F%98%80"})
    void whatCannotBeACodeIsUnknown(String code) {
        TestClient.ofNewOrigin().get("/api/v1/sessions/" + code).send().isProblem(404, "session-not-found");
    }

    @Test
    void aCodeMayHaveEveryUnreservedCharacter() {
        TestClient client = TestClient.ofNewOrigin();
        String code = "AZaz09._~-";
        client.post("/api/v1/sessions").json(object("offer", "x", "code", code)).is(201);

        client.get("/api/v1/sessions/" + code).send().is(200);
        client.get("/api/v1/sessions/%41Zaz09%2E_%7E-").send().is(200);
    }

    @Test
    void headSaysWhatGetSaysButTheBody() {
        HttpSession session = HttpSession.opened();
        HttpReply head = session.client().call("HEAD", session.path()).send().is(200);

        assertThat(head.body()).isEmpty();
        assertThat(head.header("ETag")).isEqualTo(session.tag());
        assertThat(head.header("x-d1-bookmark")).isNotBlank();
        session.client()
                .call("HEAD", session.path())
                .header("If-None-Match", session.tag())
                .send()
                .is(304);
    }
}
