package dev.parley.http.wait;

import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.http.EventSource;
import dev.parley.http.HttpReply;
import dev.parley.http.LimitsProfile;
import dev.parley.http.TestClient;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The list of a topic over HTTP: entity tags, {@code Prefer: wait} and {@code Accept: text/event-stream}. */
@QuarkusTest
@TestProfile(LimitsProfile.class)
@Timeout(120)
class TopicWatchTest extends StreamTestBase {
    private static final String LIST = "/api/v1/sessions?topic=chess";
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    private final TestClient client = TestClient.ofNewOrigin();

    @Test
    void anUnchangedListIsNotModified() {
        open("a");
        String tag = entityTag(LIST);

        assertThat(unless(LIST, tag).send().is(304).header("ETag")).isEqualTo(tag);
        unless(LIST, "\"x\", W/" + tag).send().is(304);
        unless(LIST, "*").send().is(304);
        unless(LIST, "\"x\"").send().is(200);
        unless("/api/v1/sessions", entityTag("/api/v1/sessions")).send().is(304);
        unless(LIST, "x").send().isMalformed("If-None-Match");
    }

    @Test
    void eachChangeOfAListChangesItsEntityTag() {
        var tags = new ArrayList<String>();
        tags.add(entityTag(LIST));
        open("a");
        tags.add(entityTag(LIST));
        client.patch("/api/v1/sessions/a")
                .token(TOKEN)
                .json(object("ttl", 1_000))
                .is(200);
        tags.add(entityTag(LIST));
        open("b", "blitz");
        tags.add(entityTag(LIST));
        tags.add(entityTag(LIST + "&limit=1"));
        tags.add(entityTag(LIST + "&tag=blitz"));
        answer("b");
        close("a");
        clock.advance(Duration.ofMillis(1));
        open("a");
        tags.add(entityTag(LIST));

        assertThat(tags).doesNotHaveDuplicates();
    }

    @Test
    void aSessionThatIsOpenedCompletesTheReply() {
        CompletableFuture<HttpReply> waiting = waitFor(LIST, "wait=25");
        HttpReply mine = open("a");

        HttpReply reply = reply(waiting).is(200);
        assertThat(reply.textAt("/items/0/code")).isEqualTo("a");
        assertThat(reply.at("/next").isNull()).isTrue();
        assertThat(reply.header("Preference-Applied")).isEqualTo("wait=25");
        assertThat(reply.header("ETag")).isEqualTo(entityTag(LIST));
        assertThat(reply.header("x-d1-bookmark")).isGreaterThanOrEqualTo(mine.header("x-d1-bookmark"));
        await().until(() -> registry.size() == 0);
    }

    @Test
    void aSessionThatIsAnsweredCompletesTheReply() {
        open("a");
        CompletableFuture<HttpReply> waiting = waitFor(LIST, "wait=25");
        answer("a");

        assertThat(reply(waiting).is(200).at("/items")).isEmpty();
    }

    @Test
    void theReplyIsThePageThatWasAskedFor() {
        open("a", "blitz");
        open("b");
        CompletableFuture<HttpReply> limited = waitFor(LIST + "&limit=1", "wait=25");
        open("c");
        HttpReply page = reply(limited).is(200);
        assertThat(page.json()).isEqualTo(client.get(LIST + "&limit=1").send().json());

        CompletableFuture<HttpReply> tagged = waitFor(LIST + "&tag=blitz", "wait=25");
        open("d");
        open("e", "blitz");
        assertThat(reply(tagged).is(200).json())
                .isEqualTo(client.get(LIST + "&tag=blitz").send().json());
    }

    @Test
    void anUnchangedListIsNotModifiedAfterTheWait() {
        String tag = entityTag(LIST);
        HttpReply reply = unless(LIST, tag).header("Prefer", "wait=1").send().is(304);

        assertThat(reply.header("ETag")).isEqualTo(tag);
        assertThat(reply.header("Preference-Applied")).isEqualTo("wait=1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/sessions", LIST + "&cursor=MQ"})
    void onlyTheFirstPageOfATopicWaits(String list) {
        HttpReply reply =
                unless(list, entityTag(list)).header("Prefer", "wait=25").send();

        assertThat(reply.is(304).hasHeader("Preference-Applied")).isFalse();
    }

    @Test
    void aListThatIsNotKnownIsReturnedAtOnce() {
        assertThat(unless(LIST, "\"x\"")
                        .header("Prefer", "wait=25")
                        .send()
                        .is(200)
                        .header("Preference-Applied"))
                .isEqualTo("wait=25");
        assertThat(client.get(LIST).header("Prefer", "wait=25").send().is(200).hasHeader("Preference-Applied"))
                .isFalse();
    }

    @Test
    void aStreamHasTheListAndThenItsChanges() {
        open("a");
        open("b", "blitz");
        EventSource stream = stream("topic=chess");
        var first = new ArrayList<JsonNode>();
        first.add(next(stream, "opened"));
        first.add(next(stream, "opened"));
        assertThat(next(stream, "synced")).isEqualTo(object());
        List<JsonNode> listed = new ArrayList<>();
        client.get(LIST).send().at("/items").forEach(item -> listed.add(0, item));
        assertThat(first).isEqualTo(listed);

        answer("a");
        assertThat(next(stream, "gone")).isEqualTo(object("code", "a"));
        close("b");
        assertThat(next(stream, "gone")).isEqualTo(object("code", "b"));
        open("c");
        assertThat(next(stream, "opened").path("code").textValue()).isEqualTo("c");
        clock.advance(Duration.ofMinutes(5));
        assertThat(next(stream, "gone")).isEqualTo(object("code", "c"));
    }

    @Test
    void aSessionThatIsExtendedIsOpenedAgain() {
        open("a");
        EventSource stream = synced("topic=chess", 1);
        String expiresAt = client.patch("/api/v1/sessions/a")
                .token(TOKEN)
                .json(object("ttl", 1_000))
                .is(200)
                .textAt("/expiresAt");

        assertThat(next(stream, "opened").path("expiresAt").textValue()).isEqualTo(expiresAt);
    }

    @Test
    void theBookmarkPrecedesTheChangesThatItCovers() {
        EventSource stream = synced("topic=chess", 0);
        HttpReply mine = open("a");

        EventSource.Message bookmark = stream.nextOfAnyName();
        assertThat(bookmark.event()).isEqualTo("bookmark");
        assertThat(bookmark.data()).isGreaterThanOrEqualTo(mine.header("x-d1-bookmark"));
        assertThat(stream.nextOfAnyName().event()).isEqualTo("opened");
    }

    @Test
    void aStreamWithATagHasTheSessionsThatCarryIt() {
        open("a", "blitz");
        open("b");
        EventSource stream = synced("topic=chess&tag=blitz", 1);
        answer("b");
        open("c");
        answer("a");

        assertThat(next(stream, "gone")).isEqualTo(object("code", "a"));
        open("d", "blitz");
        assertThat(next(stream, "opened").path("code").textValue()).isEqualTo("d");
    }

    @Test
    void sessionsOfOthersAreNotSeen() {
        EventSource stream = synced("topic=chess", 0);
        TestClient.ofNewOrigin()
                .post("/api/v1/sessions")
                .json(object("offer", "o", "topic", "chess"))
                .is(201);
        client.post("/api/v1/sessions")
                .json(object("offer", "o", "topic", "go"))
                .is(201);
        open("mine");

        assertThat(next(stream, "opened").path("code").textValue()).isEqualTo("mine");
    }

    @Test
    void aSessionOfTheCompatibleApiIsSeen() {
        EventSource stream = synced("topic=chess", 0);
        String code = client.post("/chess/offer")
                .json(object("peerId", "a", "offer", "x"))
                .is(200)
                .textAt("/code");
        assertThat(next(stream, "opened").path("code").textValue()).isEqualTo(code);
        client.post("/answer")
                .json(object("code", code, "side", "answerer", "answer", "y"))
                .is(200);

        assertThat(next(stream, "gone")).isEqualTo(object("code", code));
    }

    @Test
    void anIdleStreamReceivesComments() {
        synced("topic=chess", 0).awaitComment("still here");
    }

    @Test
    void theHeadersPreventCachingAndBuffering() {
        var headers = stream("topic=chess").headers();

        assertThat(headers.firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        assertThat(headers.firstValue("Cache-Control")).contains("no-store");
        assertThat(headers.firstValue("X-Accel-Buffering")).contains("no");
        assertThat(headers.firstValue("x-d1-bookmark")).isPresent();
    }

    @Test
    void nothingRemainsOfAClientThatDisconnects() throws IOException {
        stream("topic=chess");
        stream("topic=chess");
        CompletableFuture<HttpReply> waiting = waitFor(LIST, "wait=25");
        open("a");
        reply(waiting);
        closeConnections();

        await().until(() -> registry.size() == 0);
    }

    @Test
    void aStreamNeedsATopic() {
        accepting("/api/v1/sessions").isMalformed("topic is required");
        accepting("/api/v1/sessions?topic=a%00").isMalformed("topic must not contain U+0000");
        client.call("HEAD", LIST).header("Accept", "text/event-stream").send().is(200);
    }

    private HttpReply accepting(String list) {
        return client.get(list).header("Accept", "text/event-stream").send();
    }

    private HttpReply open(String code, String... tags) {
        return client.post("/api/v1/sessions")
                .token(TOKEN)
                .json(object("offer", "o", "topic", "chess", "code", code, "tags", List.of(tags)))
                .is(201);
    }

    private void answer(String code) {
        client.put("/api/v1/sessions/" + code + "/answer")
                .json(object("answer", "a"))
                .is(201);
    }

    private void close(String code) {
        client.delete("/api/v1/sessions/" + code).token(TOKEN).send().is(204);
    }

    private String entityTag(String list) {
        return client.get(list).send().is(200).header("ETag");
    }

    private TestClient.Call unless(String list, String entityTags) {
        return client.get(list).header("If-None-Match", entityTags);
    }

    private CompletableFuture<HttpReply> waitFor(String list, String preference) {
        int others = registry.size();
        CompletableFuture<HttpReply> waiting =
                unless(list, entityTag(list)).header("Prefer", preference).sendAsync();
        await().until(() -> registry.size() == others + 1);
        return waiting;
    }

    private static HttpReply reply(CompletableFuture<HttpReply> waiting) {
        return waiting.orTimeout(120, TimeUnit.SECONDS).join();
    }

    private EventSource stream(String query) {
        return kept(EventSource.ofTopic(client, query));
    }

    /** A stream behind its first list, which has that many sessions. */
    private EventSource synced(String query, int sessions) {
        EventSource stream = stream(query);
        for (int i = 0; i < sessions; i++) {
            next(stream, "opened");
        }
        next(stream, "synced");
        return stream;
    }

    /** The data of the next message, which must have that name. */
    private static JsonNode next(EventSource stream, String event) {
        EventSource.Message message = stream.next();
        assertThat(message.event()).as(message.data()).isEqualTo(event);
        return message.json();
    }
}
