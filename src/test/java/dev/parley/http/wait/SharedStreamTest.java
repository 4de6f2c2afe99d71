package dev.parley.http.wait;

import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.http.Caller;
import dev.parley.http.EntityTags;
import dev.parley.http.EventSource;
import dev.parley.http.HttpReply;
import dev.parley.http.LimitsProfile;
import dev.parley.http.TestClient;
import dev.parley.http.access.ClientLimits;
import dev.parley.http.wait.SessionFeed.Subscriber;
import dev.parley.http.wait.WatchGroup.Target;
import dev.parley.session.Namespace;
import dev.parley.signaling.Signaling;
import dev.parley.waiting.TestWaitRegistries;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code POST /api/v1/events}: the events of several sessions and topics in one reply. */
@QuarkusTest
@TestProfile(LimitsProfile.class)
@Timeout(120)
class SharedStreamTest extends StreamTestBase {
    private static final String EVENTS = "/api/v1/events";
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    @Inject
    Signaling signaling;

    @Inject
    SessionFeeds feeds;

    @Inject
    TopicFeed topics;

    @Inject
    ClientLimits limits;

    private final TestClient client = TestClient.ofNewOrigin();

    @Test
    void oneStreamHasTheEventsOfAllItsSessionsAndTopics() {
        open("a");
        open("b");
        EventSource stream = stream(object("code", "a"), object("code", "b", "after", 1), object("topic", "chess"));
        List<JsonNode> there = List.of(stream.next().json(), stream.next().json());
        assertThat(there).anySatisfy(message -> {
            assertThat(message.path("code").asText()).isEqualTo("a");
            assertThat(message.at("/events/0/type").asText()).isEqualTo("offer");
        });
        assertThat(there).anySatisfy(list -> {
            assertThat(codes(list.path("opened"))).containsExactly("a", "b");
            assertThat(list.path("gone")).isEmpty();
        });

        HttpReply trickled = trickle("b", "1");
        JsonNode message = stream.next().json();
        assertThat(message.at("/code").textValue()).isEqualTo("b");
        assertThat(message.at("/events/0/seq").longValue()).isEqualTo(2);
        assertThat(message.at("/events/0/candidate").textValue()).isEqualTo("1");
        assertThat(message.at("/bookmark").textValue()).isGreaterThanOrEqualTo(trickled.header("x-d1-bookmark"));
        open("c");
        assertThat(codes(stream.next().json().path("opened"))).containsExactly("c");
        close("a");
        var rest = List.of(stream.next().json(), stream.next().json());
        assertThat(rest)
                .anySatisfy(closed ->
                        assertThat(closed.at("/events/0/type").asText()).isEqualTo("closed"));
        assertThat(rest)
                .anySatisfy(gone -> assertThat(gone.at("/gone/0").asText()).isEqualTo("a"));
    }

    @Test
    void aMessageIsWhatAChannelPushes() {
        open("a");
        trickle("a", "1");
        EventSource stream = stream(object("code", "a", "after", 1));
        JsonNode message = stream.next().json();

        assertThat(message.path("events"))
                .isEqualTo(
                        client.get("/api/v1/sessions/a/events?after=1").send().at("/events"));
        assertThat(message.properties()).hasSize(3);
    }

    @Test
    void theEndOfOneWatchLeavesTheOthers() {
        open("a");
        open("b");
        EventSource stream =
                stream(object("code", "none"), object("code", "a", "after", 1), object("code", "b", "after", 1));
        assertNotFound(stream.next(), "none");
        client.patch("/api/v1/sessions/a").token(TOKEN).json(object("ttl", 10)).is(200);
        clock.advance(Duration.ofSeconds(11));
        assertNotFound(stream.next(), "a");
        trickle("b", "1");
        events(stream.next(), "b");
    }

    @Test
    void theStreamEndsWhenNothingIsLeft() {
        open("a");
        EventSource stream = stream(object("code", "a", "after", 1));
        close("a");
        events(stream.next(), "a");

        assertThat(stream.untilTheEnd()).contains("gone");
        assertThat(stream(object("code", "a")).next().json().path("status").intValue())
                .isEqualTo(404);
    }

    @Test
    void anotherSessionOfTheCodeIsSentFromItsOfferOn() {
        String former = open("a").header("ETag");
        trickle("a", "1");
        close("a");
        clock.advance(Duration.ofMillis(1));
        open("a");
        EventSource stream = stream(object("code", "a", "after", 2, "etag", former));

        assertThat(events(stream.next(), "a").at("/0/type").textValue()).isEqualTo("offer");
    }

    @Test
    void theReplyIsDelayedUntilThereIsAMessage() {
        String etag = open("a").header("ETag");
        JsonNode list = reply(waitFor(object("code", "a", "after", 1, "etag", etag), object("topic", "go")))
                .at("/messages/0");

        CompletableFuture<HttpReply> waiting = waitFor(
                object("code", "a", "after", 1),
                object("topic", "go", "etag", list.path("etag").textValue()));
        await().until(() -> registry.size() == 2);
        HttpReply trickled = trickle("a", "1");
        HttpReply reply = reply(waiting).is(200);
        assertThat(reply.at("/messages")).hasSize(1);
        assertThat(reply.textAt("/messages/0/events/0/candidate")).isEqualTo("1");
        assertThat(reply.header("Preference-Applied")).isEqualTo("wait=25");
        assertThat(reply.header("x-d1-bookmark")).isGreaterThanOrEqualTo(trickled.header("x-d1-bookmark"));
        await().until(() -> registry.size() == 0);
    }

    @Test
    void aTopicIsSentWholeUnlessTheClientHasIt() {
        open("a");
        JsonNode list = poll(object("topic", "chess")).at("/messages/0");
        assertThat(codes(list.path("opened"))).containsExactly("a");
        var known = object("topic", "chess", "etag", list.path("etag").textValue());
        assertThat(poll(known).at("/messages")).isEmpty();
        open("b");

        assertThat(codes(poll(known).at("/messages/0/opened"))).containsExactly("a", "b");
        assertThat(poll(object("topic", "chess", "tag", "blitz")).at("/messages/0/opened"))
                .isEmpty();
    }

    @Test
    void aReplyWithoutWaitingHasWhatIsThere() {
        open("a");
        open("b");
        HttpReply reply = poll(object("code", "a"), object("code", "b", "after", 1), object("code", "none"));

        assertThat(codes(reply.at("/messages"))).containsExactlyInAnyOrder("a", "none");
        assertThat(reply.hasHeader("Preference-Applied")).isFalse();
        var nothing = object("watches", List.of(object("code", "b", "after", 1)));
        assertThat(client.post(EVENTS)
                        .header("Prefer", "wait=1")
                        .json(nothing)
                        .is(200)
                        .at("/messages"))
                .isEmpty();
    }

    /** Otherwise one request would make the service read and keep a page of each session. */
    @Test
    void aReplyHasOnePageOfEventsAndTheNextOneHasTheRest() {
        int candidates = 256;
        var positions = new HashMap<String, Integer>();
        for (int i = 0; i < LimitsProfile.PER_REQUEST; i++) {
            String code = "s" + i;
            open(code);
            for (int sent = 0; sent < candidates; sent += 64) {
                client.post("/api/v1/sessions/" + code + "/candidates")
                        .token(TOKEN)
                        .json(object(
                                "candidates",
                                IntStream.range(sent, sent + 64)
                                        .mapToObj(Integer::toString)
                                        .toList()))
                        .is(201);
            }
            positions.put(code, 0);
        }
        assertThat(pollAfter(positions)).isEqualTo(1_000);
        assertThat(pollAfter(positions)).isEqualTo(LimitsProfile.PER_REQUEST * (candidates + 1) - 1_000);
        assertThat(pollAfter(positions)).isZero();
    }

    /** Returns the number of events after {@code positions}, which it advances. */
    private int pollAfter(Map<String, Integer> positions) {
        int count = 0;
        HttpReply reply = poll(positions.entrySet().stream()
                .map(one -> object("code", one.getKey(), "after", one.getValue()))
                .toArray(JsonNode[]::new));
        for (JsonNode message : reply.at("/messages")) {
            String code = message.path("code").textValue();
            for (JsonNode event : message.path("events")) {
                assertThat(positions.merge(code, 1, Integer::sum))
                        .isEqualTo(event.path("seq").intValue());
                count++;
            }
        }
        return count;
    }

    @Test
    void theBookmarkOfAReplyIsTheNewest() {
        open("a");
        String newest = trickle("a", "1").header("x-d1-bookmark");
        HttpReply reply = poll(object("topic", "chess"), object("code", "a"));

        assertThat(reply.header("x-d1-bookmark")).isGreaterThanOrEqualTo(newest);
        reply.at("/messages")
                .forEach(message -> assertThat(reply.header("x-d1-bookmark"))
                        .isGreaterThanOrEqualTo(message.path("bookmark").textValue()));
    }

    @Test
    void aMalformedListIsRefused() {
        client.post(EVENTS).json(object()).isMalformed("watches");
        client.post(EVENTS).json(object("watches", List.of())).is(422);
        send(object()).isMalformed("needs a code or a topic");
        send(object("code", "a", "topic", "b")).isMalformed("needs a code or a topic");
        send(object("code", "a", "tag", "b")).isMalformed("tag without topic");
        send(object("topic", "a", "after", 1)).isMalformed("after without code");
        send(object("code", "a", "after", -1)).isMalformed("after");
        send(object("code", "a", "etag", "x")).isMalformed("etag");
        send(object("code", "a"), object("code", "a")).isMalformed("twice");
        send(object("code", "a", "what", "a")).isMalformed("what");
        assertThat(send(object("topic", "t".repeat(1_025))).is(422).textAt("/field"))
                .isEqualTo("topic");
        assertThat(send(object("code", "c".repeat(129))).is(422).textAt("/field"))
                .isEqualTo("code");
        poll(object("topic", "t".repeat(1_024)), object("code", "c".repeat(128)));
    }

    @Test
    void thereIsAMaximumOfWatches() {
        JsonNode[] most = IntStream.range(0, LimitsProfile.PER_REQUEST)
                .mapToObj(i -> object("code", "c" + i))
                .toArray(JsonNode[]::new);
        JsonNode[] more = IntStream.range(0, LimitsProfile.PER_REQUEST + 1)
                .mapToObj(i -> object("code", "c" + i))
                .toArray(JsonNode[]::new);
        for (JsonNode watch : most) {
            open(watch.path("code").textValue());
        }
        send(most).is(200);
        assertThat(send(more).is(422).textAt("/field")).isEqualTo("watches");
    }

    @Test
    void tooManyWaitsAreRefusedEachByItself() {
        open("a");
        open("b");
        for (int i = 0; i < LimitsProfile.PER_SESSION; i++) {
            stream(object("code", "a", "after", 1));
        }
        await().until(() -> registry.size() == LimitsProfile.PER_SESSION);
        EventSource stream = stream(object("code", "a", "after", 1), object("code", "b", "after", 1));
        JsonNode refused = stream.next().json();
        assertThat(refused.path("status").intValue()).isEqualTo(429);
        assertThat(refused.path("retryAfter").intValue()).isPositive();
        trickle("b", "1");
        events(stream.next(), "b");
    }

    @Test
    void aRequestWhoseWatchesAreAllRefusedIsRefused() {
        open("a");
        for (int i = 0; i < LimitsProfile.PER_SESSION; i++) {
            stream(object("code", "a", "after", 1));
        }
        await().until(() -> registry.size() == LimitsProfile.PER_SESSION);
        var watches = object("watches", List.of(object("code", "a"), object("code", "none")));
        HttpReply stream =
                client.post(EVENTS).header("Accept", "text/event-stream").json(watches);
        stream.isProblem(429, "too-many-waits");
        assertThat(stream.header("Retry-After")).isNotBlank();
        client.post(EVENTS).header("Prefer", "wait=25").json(watches).isProblem(429, "too-many-waits");

        assertThat(registry.size()).isEqualTo(LimitsProfile.PER_SESSION);
        assertThat(poll(object("code", "a")).at("/messages/0/events/0/seq").intValue())
                .isEqualTo(1);
    }

    @Test
    void nothingRemainsOfAClientThatDisconnects() throws IOException {
        open("a");
        stream(object("code", "a", "after", 1), object("topic", "chess"));
        await().until(() -> registry.size() == 2);
        closeConnections();

        await().until(() -> registry.size() == 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noTopicIsWatchedForAClientThatDisconnectsBeforeItsListIsRead(boolean beforeTheRequest) {
        var topic = new Target(null, 0, EntityTags.parse("etag", List.of()), "chess", null);
        var services = new WatchGroup.Services(signaling, feeds, topics, limits, 1_000);
        CompletionStage<?> opened = TestWaitRegistries.onLoop(TestWaitRegistries.newLoop(), () -> {
            var group = new WatchGroup(services, callerWithoutHeaders(), new Subscriber("192.0.2.1", () -> true));
            if (beforeTheRequest) {
                group.close();
            }
            CompletionStage<?> opening = group.open(List.of(topic), 0, true);
            group.close();
            return opening;
        });
        opened.toCompletableFuture().orTimeout(120, TimeUnit.SECONDS).join();

        assertThat(registry.size()).isZero();
    }

    private static Caller callerWithoutHeaders() {
        HttpServerRequest request = proxy(HttpServerRequest.class, "headers", MultiMap.caseInsensitiveMultiMap());
        return new Caller(proxy(RoutingContext.class, "request", request, "get", Namespace.UNKNOWN));
    }

    /** An object whose methods return the values behind their names. */
    private static <T> T proxy(Class<T> type, Object... namesAndValues) {
        List<Object> values = List.of(namesAndValues);
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> values.get(values.indexOf(method.getName()) + 1)));
    }

    @Test
    void anIdleStreamReceivesComments() {
        open("a");
        stream(object("code", "a", "after", 1)).awaitComment("still here");
    }

    private HttpReply open(String code) {
        return client.post("/api/v1/sessions")
                .token(TOKEN)
                .json(object("offer", "o", "topic", "chess", "code", code))
                .is(201);
    }

    private HttpReply trickle(String code, String candidate) {
        return client.post("/api/v1/sessions/" + code + "/candidates")
                .token(TOKEN)
                .json(object("candidates", List.of(candidate)))
                .is(201);
    }

    private void close(String code) {
        client.delete("/api/v1/sessions/" + code).token(TOKEN).send().is(204);
    }

    private HttpReply send(JsonNode... watches) {
        return client.post(EVENTS).json(object("watches", List.of(watches)));
    }

    private HttpReply poll(JsonNode... watches) {
        return send(watches).is(200);
    }

    private CompletableFuture<HttpReply> waitFor(JsonNode... watches) {
        return client.post(EVENTS).header("Prefer", "wait=25").jsonAsync(object("watches", List.of(watches)));
    }

    private static HttpReply reply(CompletableFuture<HttpReply> waiting) {
        return waiting.orTimeout(120, TimeUnit.SECONDS).join();
    }

    private EventSource stream(JsonNode... watches) {
        return kept(
                EventSource.shared(client, object("watches", List.of(watches)).toString()));
    }

    private static JsonNode events(EventSource.Message message, String code) {
        assertThat(message.json().path("code").textValue()).as(message.data()).isEqualTo(code);
        assertThat(message.json().path("events")).as(message.data()).isNotEmpty();
        return message.json().path("events");
    }

    private static void assertNotFound(EventSource.Message message, String code) {
        assertThat(message.json().path("code").textValue()).isEqualTo(code);
        assertThat(message.json().at("/problem/type").textValue()).isEqualTo("urn:parley:problem:session-not-found");
    }

    private static List<String> codes(JsonNode items) {
        var codes = new ArrayList<String>();
        items.forEach(item -> codes.add(item.path("code").textValue()));
        return codes;
    }
}
