package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.microsoft.playwright.Request;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.Route.FulfillOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two pages of another site connect through parley.js as parley.d.ts specifies. */
@ExtendWith(BrowserExtension.class)
class ClientIT {
    private static final Map<String, Object> NOTHING = Map.of();

    /** Requests that a test intercepts, which it cannot do in a channel. */
    private static final Map<String, Object> OVER_HTTP = Map.of("transport", "sse");

    /** The topic of the test, so that no test finds sessions of another. */
    private String topic = "";

    @BeforeEach
    void haveATopic(TestInfo test) {
        topic = test.getDisplayName();
    }

    @ParameterizedTest
    @ValueSource(strings = {"channel", "sse", "long-poll", "poll"})
    void twoPeersMeetWhateverTheTransport(String transport, Pages pages) {
        Map<String, Object> options = Map.of("transport", transport, "pollInterval", 50);
        ClientPage host = pages.openClient("host").with(options);
        ClientPage guest = pages.openClient("guest").with(options);

        String code = host.host(NOTHING);
        host.await("session.transport === '" + transport + "'");
        guest.join(code);

        assertTheyTalk(host, guest);
        assertThat(host.eventLog())
                .contains("waiting " + transport, "answer answerer 1", "connected")
                .startsWith("offer offerer 1");
        assertThat(guest.eventLog()).startsWith("offer offerer 1").contains("answer answerer 1", "connected");
        assertThat(host.eventLog()).noneMatch(words -> words.startsWith("problem") || words.startsWith("closed"));
    }

    /** Behind a proxy that supports no WebSocket and lets no request wait. */
    @Tag("slow")
    @Test
    void withoutWaitingTheClientPolls(Pages pages) {
        ClientPage host = pages.openClient("host").withoutWebSocket().with(Map.of("pollInterval", 50));
        ClientPage guest = pages.openClient("guest").with(NOTHING);
        host.page().route("**/api/v1/events", route -> {
            Map<String, String> headers = route.request().headers();
            if (headers.containsKey("prefer")
                    || headers.getOrDefault("accept", "").contains("event-stream")) {
                route.abort();
            } else {
                route.resume();
            }
        });

        String code = host.host(NOTHING);
        host.await("session.transport === 'poll'");
        guest.join(code);

        assertTheyTalk(host, guest);
        assertThat(host.eventLog())
                .containsSubsequence("waiting sse", "waiting long-poll", "waiting poll", "connected");
    }

    @Test
    void aWaitingHostIsFoundByTopic(Pages pages) {
        ClientPage host = pages.openClient("host").with(Map.of("topic", topic));
        ClientPage guest = pages.openClient("guest").with(Map.of("topic", topic));
        String code = host.host(Map.of("peerId", "alice", "tags", List.of("red")));

        assertThat(
                        guest.value(
                                "parley.find().then((found) => found.map(({ code, peerId, tags }) => ({ code, peerId, tags })))"))
                .isEqualTo(List.of(Map.of("code", code, "peerId", "alice", "tags", List.of("red"))));
        assertThat(guest.value("parley.find('another topic')")).isEqualTo(List.of());
        assertThat(guest.value("parley.topics({ prefix: '" + topic + "' })"))
                .isEqualTo(List.of(Map.of("topic", topic, "sessions", 1)));
    }

    @Tag("slow")
    @Test
    void theGuestMayJoinBeforeTheCandidates(Pages pages) {
        ClientPage host = pages.openClient("host").with(OVER_HTTP);
        ClientPage guest = pages.openClient("guest").with(OVER_HTTP);
        HeldCandidates late = host.holdCandidates();
        HeldCandidates later = guest.holdCandidates();

        guest.join(host.host(NOTHING));
        late.await();
        host.await("pc.signalingState === 'stable'");
        assertThat(host.value("pc.connectionState")).isNotEqualTo("connected");

        late.letGo();
        guest.awaitConnection();
        later.letGo();
        assertTheyTalk(host, guest);
    }

    /** The compatible API takes an answerer's candidates before there is an answer. To WebRTC they have no meaning then. */
    @Tag("slow")
    @Test
    void candidatesWaitForTheDescription(Pages pages) {
        ClientPage host = pages.openClient("host").with(Map.of("pollInterval", 20));
        ClientPage guest = pages.openClient("guest").with(NOTHING);
        host.value(
                "parley.addEventListener('retry', ({ detail }) => eventLog.push(`retry after ${detail.error.cause}`))");
        String code = host.host(NOTHING);
        String candidate = "candidate:1 1 udp 2122252543 192.0.2.7 54321 typ host";
        guest.page().evaluate("""
                        ([code, candidate]) => fetch(`${service}/answer`, {
                          method: "POST",
                          headers: { "Content-Type": "application/json" },
                          body: JSON.stringify({
                            code,
                            side: "answerer",
                            candidate: JSON.stringify({ candidate, sdpMLineIndex: 0, note: "a\\u2028b\\u2029c\\u0085d" }),
                          }),
                        })
                        """, List.of(code, candidate));
        guest.join(code);

        assertTheyTalk(host, guest);
        assertThat(host.eventLog().stream()
                        .filter(words -> words.endsWith("answerer 1"))
                        .toList())
                .startsWith("answer answerer 1", "candidate answerer 1");
        assertThat(host.eventLog()).noneMatch(words -> words.startsWith("problem") || words.startsWith("retry"));
    }

    @Tag("slow")
    @Test
    void aBurstOfCandidatesIsOneRequest(Pages pages) {
        ClientPage host = pages.openClient("host").with(OVER_HTTP);
        var bodies = new ArrayList<String>();
        host.page().onRequest(request -> {
            if (request.url().endsWith("/candidates")) {
                bodies.add(request.postData());
            }
        });
        host.host(NOTHING);
        host.await("eventLog.includes('end-of-candidates offerer 1')");

        assertThat(bodies).anyMatch(body -> candidates(body) > 1);
        assertThat(bodies.get(bodies.size() - 1)).contains("\"end\":true");
        assertThat(bodies.stream().mapToLong(ClientIT::candidates).sum()).isEqualTo(count(host, "candidate offerer 1"));
    }

    private static long candidates(String body) {
        return Pattern.compile("\"sdpMid\"").matcher(body).results().count();
    }

    @Test
    void anIceRestartFindsNewPaths(Pages pages) {
        ClientPage host = pages.openClient("host").with(NOTHING);
        ClientPage guest = pages.openClient("guest").with(NOTHING);
        guest.join(host.host(NOTHING));
        assertTheyTalk(host, guest);
        Object[] before = {host.value(UFRAG), guest.value(UFRAG)};

        host.value("session.restart()");
        guest.await("session.generation === 2");
        host.await("eventLog.includes('answer answerer 2')");
        guest.await("eventLog.includes('candidate offerer 2')");

        assertThat(new Object[] {host.value(UFRAG), guest.value(UFRAG)}).doesNotContainAnyElementsOf(List.of(before));
        host.say("Still there?");
        guest.awaitMessage("Still there?");
    }

    /** The new offer is not answered: only the guest's answer would be accepted. */
    @Tag("slow")
    @Test
    void aRestartedSessionIsNotForStrangers(Pages pages) {
        ClientPage host = pages.openClient("host").with(Map.of("topic", topic));
        ClientPage guest = pages.openClient("guest").with(OVER_HTTP);
        ClientPage stranger = pages.openClient("stranger").with(Map.of("topic", topic));
        String code = host.host(NOTHING);
        guest.join(code);
        assertTheyTalk(host, guest);
        guest.page().route("**/api/v1/**", route -> {});

        host.page().evaluate("() => void session.restart()");
        host.await("session.generation === 2");
        assertThat((List<?>) stranger.value("parley.find()")).isEmpty();
        assertThat(stranger.failureOf("join('" + code + "')"))
                .contains(
                        entry("status", 409),
                        entry(
                                "detail",
                                "This session already has a guest; ask for a new link, or find another session."));
        assertThat(host.eventLog()).doesNotContain("answer answerer 2");
        assertTheyTalk(host, guest);
    }

    private static final String UFRAG = "pc.currentLocalDescription.sdp.match(/ice-ufrag:(\\S+)/)[1]";

    /** An event that the other side adds before the repetition is not missed. */
    @Test
    void noEventIsMissedAfterALostReply(Pages pages) {
        ClientPage host = pages.openClient("host").with(Map.of("topic", topic, "transport", "sse"));
        ClientPage guest = pages.openClient("guest").with(Map.of("topic", topic, "transport", "sse"));
        var held = new ArrayList<Route>();
        var delivered = new AtomicInteger();
        host.page().route("**/api/v1/sessions", route -> {
            if (route.request().method().equals("POST") && delivered.incrementAndGet() == 1) {
                route.fetch(); // the service opens the session, and the page does not hear of it
                held.add(route);
            } else {
                route.resume();
            }
        });

        host.page().evaluate("() => void (window.hosting = host({ code: 'lost-create' }))");
        host.page().waitForCondition(() -> !held.isEmpty());
        guest.join("lost-create");
        guest.await("eventLog.includes('end-of-candidates answerer 1')");
        held.get(0).abort();

        host.value("hosting");
        host.await("eventLog.includes('answer answerer 1')");
        assertTheyTalk(host, guest);
        assertThat(delivered.get()).isGreaterThanOrEqualTo(2);
        host.await("eventLog.includes('end-of-candidates answerer 1')");
    }

    /** A repeated request takes effect once. */
    @Tag("slow")
    @Test
    void aRequestWithALostReplyIsRepeated(Pages pages) {
        ClientPage host = pages.openClient("host").with(Map.of("topic", topic, "transport", "sse"));
        ClientPage guest = pages.openClient("guest").with(Map.of("topic", topic, "transport", "sse"));
        LostReplies hosts = LostReplies.on(host.page(), "/sessions", "/candidates", "/offer");
        LostReplies guests = LostReplies.on(guest.page(), "/answer", "/candidates");

        String code = host.host(NOTHING);
        assertThat((List<?>) guest.value("parley.find()")).hasSize(1);
        guest.join(code);
        assertTheyTalk(host, guest);
        host.await("eventLog.includes('end-of-candidates offerer 1')");
        host.value("session.restart()");
        guest.await("session.generation === 2");
        host.await("eventLog.includes('answer answerer 2')");

        assertThat(hosts.lost()).containsOnlyKeys("/sessions", "/candidates", "/offer");
        assertThat(guests.lost()).containsOnlyKeys("/answer", "/candidates");
        assertThat(host.value("session.generation")).isEqualTo(2);
        List<String> received = guest.eventLog().stream()
                .filter(words -> words.startsWith("offer"))
                .toList();
        assertThat(received).containsExactly("offer offerer 1", "offer offerer 2");
    }

    @Tag("slow")
    @Test
    void retryAfterIsHonoured(Pages pages) {
        ClientPage page = pages.openClient("page").with(NOTHING);
        var refusals = new AtomicInteger();
        page.page().route("**/api/v1/topics", route -> {
            if (refusals.incrementAndGet() == 1) {
                route.fulfill(new FulfillOptions()
                        .setStatus(503)
                        .setHeaders(Map.of(
                                "Access-Control-Allow-Origin", "*",
                                "Access-Control-Expose-Headers", "Retry-After",
                                "Retry-After", "1")));
            } else {
                route.resume();
            }
        });

        page.value("parley.addEventListener('retry', ({ detail }) => (window.delay = detail.delay))");
        page.value("parley.topics()");
        assertThat(((Number) page.value("delay")).doubleValue()).isGreaterThanOrEqualTo(1000);
        assertThat(refusals).hasValue(2);
    }

    @Tag("slow")
    @Test
    void bookmarksAreKeptByTheClient(Pages pages) {
        ClientPage host = pages.openClient("host").with(Map.of("topic", topic, "transport", "sse"));
        assertThat(host.value("parley.getBookmark()")).isNull();

        Request first = requestOf(host, "parley.find()");
        String bookmark = (String) host.value("parley.getBookmark()");
        Request second = requestOf(host, "parley.find()");
        assertThat(first.headers()).doesNotContainKey("x-d1-bookmark");
        assertThat(second.headers()).containsEntry("x-d1-bookmark", bookmark);

        host.host(NOTHING);
        String later = (String) host.value("parley.getBookmark()");
        assertThat(later).isGreaterThan(bookmark);

        Request older = requestOf(host, "(parley.setBookmark('" + bookmark + "'), parley.find())");
        assertThat(older.headers()).containsEntry("x-d1-bookmark", bookmark);
        Request free = requestOf(host, "(parley.clearBookmark(), parley.find())");
        assertThat(free.headers()).doesNotContainKey("x-d1-bookmark");
        assertThat(host.value("parley.servedBy"))
                .isEqualTo(Map.of("node", "local", "region", "local", "primary", true));
    }

    @Tag("slow")
    @Test
    void aLinkCarriesTheCodeAndTheBookmark(Pages pages) {
        ClientPage host = pages.openClient("host").with(NOTHING);
        ClientPage guest = pages.openClient("guest").with(NOTHING);
        String code = host.host(NOTHING);
        String link = (String) host.value("session.shareLink('https://chess.example/play?board=3')");
        assertThat(link).startsWith("https://chess.example/play?board=3#code=" + code + "&bookmark=");

        assertThat(guest.value("parley.fromLink('" + link + "')")).isEqualTo(code);
        assertThat(guest.value("parley.getBookmark()")).isEqualTo(link.substring(link.lastIndexOf('=') + 1));
        Request read = guest.page()
                .waitForRequest(request -> request.url().endsWith("/sessions/" + code), () -> guest.join(code));
        assertThat(read.headers()).containsEntry("x-d1-bookmark", link.substring(link.lastIndexOf('=') + 1));
        assertTheyTalk(host, guest);
        assertThat(guest.value("parley.fromLink('https://chess.example/')")).isNull();
    }

    @Tag("slow")
    @Test
    void aRejectionCarriesTheReasonOfTheService(Pages pages) {
        ClientPage host = pages.openClient("host").with(NOTHING);
        ClientPage first = pages.openClient("first").with(NOTHING);
        ClientPage second = pages.openClient("second").with(NOTHING);

        assertThat(first.failureOf("join('no-such-code')"))
                .contains(
                        entry("name", "ParleyError"),
                        entry("status", 404),
                        entry("type", "urn:parley:problem:session-not-found"))
                .extractingByKey("detail")
                .asString()
                .contains("expired", "ask for a new link");

        String code = host.host(NOTHING);
        assertThat(second.failureOf("host({ code: '" + code + "' })"))
                .contains(entry("status", 409), entry("type", "urn:parley:problem:code-taken"));
        assertThat(second.failureOf("host({ tags: [''] })")).contains(entry("status", 422));

        first.join(code);
        assertThat(second.failureOf("join('" + code + "')"))
                .contains(
                        entry("status", 409),
                        entry("type", "urn:parley:problem:already-answered"),
                        entry(
                                "detail",
                                "This session already has a guest; ask for a new link, or find another session."));
        assertTheyTalk(host, first);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a b", "caf\u00e9", "topic?x", "LONG"})
    void anInvalidCodeIsRejectedBeforeAnyRequest(String text, Pages pages) {
        String code = text.equals("LONG") ? "x".repeat(129) : text;
        ClientPage page = pages.openClient("page").with(NOTHING);
        var requests = new ArrayList<String>();
        page.page().onRequest(request -> requests.add(request.url()));

        for (String call : List.of("join('" + code + "')", "host({ code: '" + code + "' })")) {
            assertThat(page.failureOf(call))
                    .contains(entry("name", "ParleyError"), entry("status", 422))
                    .extractingByKey("detail")
                    .asString()
                    .startsWith("code must be 1 to 128 characters of A-Z a-z 0-9 . _ ~ -, and neither . nor ..");
        }
        assertThat(requests).isEmpty();
    }

    @Tag("slow")
    @Test
    void aCodeOfMaximumLengthIsAccepted(Pages pages) {
        ClientPage host = pages.openClient("host").with(NOTHING);
        ClientPage guest = pages.openClient("guest").with(NOTHING);

        guest.join(host.host(Map.of("code", "~" + "x".repeat(127))));
        assertTheyTalk(host, guest);
    }

    @Test
    void onceConnectedDataCanBeSent(Pages pages) {
        ClientPage host = pages.openClient("host").with(NOTHING);
        ClientPage guest = pages.openClient("guest").with(NOTHING);
        for (ClientPage page : List.of(host, guest)) {
            page.page()
                    .evaluate(
                            "() => parley.addEventListener('session', ({ detail }) => detail.session.connected.then(()"
                                    + " => channel.send('at once')).catch(({ message }) => received.push(message)))");
        }

        guest.join(host.host(NOTHING));
        host.await("received.length > 0");
        guest.await("received.length > 0");
        assertThat(host.value("received")).isEqualTo(List.of("at once"));
        assertThat(guest.value("received")).isEqualTo(List.of("at once"));
    }

    @Tag("slow")
    @Test
    void aConnectionWithoutDataChannelsConnectsToo(Pages pages) {
        ClientPage host = pages.openClient("host").with(NOTHING);
        ClientPage guest = pages.openClient("guest").with(NOTHING);
        for (ClientPage page : List.of(host, guest)) {
            page.value("(window.pc = new RTCPeerConnection(), pc.addTransceiver('audio'), null)");
        }

        guest.join(host.host(NOTHING));
        host.awaitConnection();
        guest.awaitConnection();
        assertThat(host.value("pc.sctp")).isNull();
    }

    /** The namespace of the client selects the sessions, not the page. */
    @Tag("slow")
    @Test
    void clientsOfOneNamespaceShareSessions(Pages pages) {
        ClientPage host = pages.openClient("host").with(Map.of("topic", topic, "namespace", "chess.example"));
        ClientPage guest = pages.openClient("guest").with(Map.of("topic", topic, "namespace", "chess.example"));
        ClientPage stranger = pages.openClient("stranger").with(Map.of("topic", topic));

        Request sent = host.page().waitForRequest("**/api/v1/sessions", () -> host.host(NOTHING));
        assertThat(sent.headers()).containsEntry("parley-namespace", "chess.example");
        assertThat((List<?>) stranger.value("parley.find()")).isEmpty();
        assertThat((List<?>) guest.value("parley.find()")).hasSize(1);
    }

    @Tag("slow")
    @Test
    void theNamespaceIsTheOriginOfThePageByDefault(Pages pages) {
        ClientPage page = pages.openClient("page").with(Map.of("topic", topic));

        assertThat(requestOf(page, "parley.find()").headers())
                .containsEntry("parley-namespace", (String) page.value("location.origin"));
        assertThat(page.failureOf("new Parley(service, { namespace: 'two words' })"))
                .contains(
                        entry("name", "TypeError"),
                        entry("detail", "namespace must be 1 to 512 visible ASCII characters"));
    }

    /** A proxy that buffers the whole stream. */
    @Tag("slow")
    @Test
    void aStreamThatNeverOpensIsAbandoned(Pages pages) {
        ClientPage host = pages.openClient("host").withoutWebSocket().with(NOTHING);
        ClientPage guest = pages.openClient("guest").with(NOTHING);
        host.page().evaluate("""
            () => {
              const real = window.fetch;
              window.fetch = (url, options) => options.headers.Accept?.includes("event-stream")
                ? new Promise((resolve, reject) => options.signal.addEventListener("abort", () => reject(options.signal.reason)))
                : real(url, options);
            }
            """);
        host.page().clock().install();

        String code = host.host(NOTHING);
        host.page().waitForCondition(() -> {
            host.page().clock().fastForward(5_000);
            return "long-poll".equals(host.value("session.transport"));
        });
        guest.join(code);
        assertTheyTalk(host, guest);
    }

    @Tag("slow")
    @Test
    void aConnectionWithoutMediaOrChannelsIsRejected(Pages pages) {
        ClientPage page = pages.openClient("page").with(NOTHING);

        assertThat(page.failureOf("parley.host(new RTCPeerConnection())")).contains(entry("name", "TypeError"));
    }

    @Test
    void theHostMayClose(Pages pages) {
        ClientPage host = pages.openClient("host").with(NOTHING);
        ClientPage guest = pages.openClient("guest").with(Map.of("pollInterval", 50));
        String code = host.host(NOTHING);
        guest.join(code);
        assertTheyTalk(host, guest);

        host.value("session.close()");
        guest.await("session.closed");
        assertThat(host.value("session.closed")).isEqualTo(true);
        assertThat(host.eventLog()).endsWith("closed");
        assertThat(guest.failureOf("join('" + code + "')")).contains(entry("status", 404));

        host.say("Of this the connection knows nothing");
        guest.awaitMessage("Of this the connection knows nothing");
    }

    @Tag("slow")
    @Test
    void anAbortedSignalEndsTheSession(Pages pages) {
        ClientPage host = pages.openClient("host").with(NOTHING);
        String code = (String) host.value("(window.ending = new AbortController(), host({ signal: ending.signal }))");

        host.value("ending.abort()");
        assertThat(host.value("session.closed")).isEqualTo(true);
        assertThat(host.failureOf("session.connected")).contains(entry("name", "AbortError"));
        host.page()
                .waitForFunction(
                        "(code) => parley.join(code, new RTCPeerConnection()).catch(({ status }) => status === 404)",
                        code);
        assertThat(host.failureOf("host({ signal: AbortSignal.abort() })")).contains(entry("name", "AbortError"));
        assertThat(host.failureOf("parley.find(null, { signal: AbortSignal.abort() })"))
                .contains(entry("name", "AbortError"));
    }

    private static long count(ClientPage page, String words) {
        return page.eventLog().stream().filter(words::equals).count();
    }

    /** The search that {@code call} makes. */
    private static Request requestOf(ClientPage page, String call) {
        return page.page().waitForRequest(request -> request.url().contains("?topic="), () -> page.value(call));
    }

    private static void assertTheyTalk(ClientPage host, ClientPage guest) {
        host.awaitConnection();
        guest.awaitConnection();
        host.say("How do you do");
        guest.awaitMessage("How do you do");
        guest.say("Delighted");
        host.awaitMessage("Delighted");
    }
}
