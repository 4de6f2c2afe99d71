package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.microsoft.playwright.Route;
import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.RunningParley;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** While a page has a session, its connection can be restarted, even though sessions expire after ten seconds here. */
@Tag("slow")
@ExtendWith(BrowserExtension.class)
class ExpiryIT {
    private static final String API = "**/api/v1/**";

    @TempDir
    static Path folder;

    private static RunningParley parley;

    private ClientPage host;
    private ClientPage guest;
    private ClientPage other;
    private String topic = "";

    @BeforeAll
    static void start() {
        parley = ParleyJar.in(folder).with("PARLEY_SESSION_TTL", "10s").start();
    }

    @AfterAll
    static void stop() {
        parley.close();
    }

    @BeforeEach
    void open(TestInfo test, Pages pages) {
        topic = test.getDisplayName();
        Map<String, Object> options = Map.of("topic", topic, "transport", "sse"); // a test intercepts its requests
        host = pages.openClient("host", parley.uri()).with(options);
        guest = pages.openClient("guest", parley.uri()).with(options);
        other = pages.openClient("other", parley.uri()).with(options);
    }

    @Test
    void theHostExtendsTheSession() {
        List<String> hosts = changesOf(host);
        List<String> guests = changesOf(guest);
        String code = connect();

        host.await("Date.now() > Date.parse(session.expiresAt) - 6_000");
        String expiry = (String) host.value("session.expiresAt");
        host.await("session.expiresAt > '" + expiry + "'");
        awaitTimeAfter(expiry);

        assertThat(statusOf(code)).isEqualTo(200);
        assertThat(hosts).contains("PATCH");
        assertThat(guests).as("the host has done it").doesNotContain("PATCH");
        assertHealthy();
    }

    @Test
    void theGuestExtendsTheSessionWhereTheHostDoesNot() {
        List<String> guests = changesOf(guest);
        String code = connect();
        String expiry = (String) host.value("session.expiresAt");
        host.page().route(API, Route::abort);

        awaitTimeAfter(expiry);
        guest.await("Date.parse(session.expiresAt) > Date.parse('" + expiry + "') + 3_000");
        assertThat(guests).contains("PATCH");
        assertThat(statusOf(code)).isEqualTo(200);
        assertHealthy();
    }

    @ParameterizedTest
    @ValueSource(strings = {"host", "guest"})
    void anExpiredSessionIsOpenedAgainAndFoundByItsGuest(String first) {
        String code = connect();
        expire(code);

        (first.equals("host") ? host : guest).page().unroute(API);
        if (first.equals("host")) {
            host.await(count("offer offerer 1") + " === 2");
            assertThat((List<?>) other.value("parley.find()"))
                    .as("the topic's sessions")
                    .isEmpty();
        }
        host.page().unroute(API);
        guest.page().unroute(API);
        host.await(count("answer answerer 1") + " === 2");
        guest.await(count("answer answerer 1") + " === 2");

        assertThat(host.value("session.code")).isEqualTo(code);
        assertHealthy();
        host.value("session.restart()");
        guest.await("session.generation === 2");
        host.await("eventLog.includes('answer answerer 2')");
        assertHealthy();
    }

    @Test
    void anExpiredSessionThatWaitsForAGuestIsListedAgain() {
        String code = host.host(Map.of("peerId", "alice"));
        expire(code);
        assertThat((List<?>) other.value("parley.find()")).isEmpty();

        host.page().unroute(API);
        host.await(count("offer offerer 1") + " === 2");
        assertThat(other.value("parley.find().then(([{ code, peerId }]) => [code, peerId])"))
                .isEqualTo(List.of(code, "alice"));
        guest.page().unroute(API);
        guest.join(code);
        assertHealthy();
    }

    @Test
    void aStrangerWhoTakesTheCodeDoesNotGetTheGuest() {
        String code = connect();
        expire(code);

        other.host(Map.of("code", code));
        guest.page().unroute(API);
        guest.await("session.closed");
        assertThat(guest.eventLog())
                .endsWith("closed Another client uses the code of this session now; ask for a new link.");
        assertTheyTalk();
    }

    @Test
    void aStrangerWhoJoinsAnExpiredSessionDoesNotGetTheHost() {
        String code = connect();
        expire(code);

        host.page().unroute(API);
        host.await(count("offer offerer 1") + " === 2");
        other.join(code);
        host.await("session.closed");
        assertThat(host.eventLog())
                .endsWith("closed Another client uses the code of this session now; ask for a new link.");
        assertTheyTalk();
    }

    /** Immediately, not after the 60 seconds of the connection timeout. */
    @Test
    void aGuestThatWasNeverConnectedLearnsThatTheSessionHasExpired() {
        host.value("pc.setConfiguration({ iceTransportPolicy: 'relay' })"); // it has no relay
        String code = host.host(Map.of());
        guest.join(code);
        expire(code);

        guest.page().unroute(API);
        assertThat(guest.failureOf("session.connected"))
                .contains(
                        entry("status", 404),
                        entry(
                                "detail",
                                "The session has expired or was closed, or never existed; ask for a new link."));
    }

    @Test
    void aClosedConnectionIsNotExtended() {
        String code = connect();
        host.value("pc.close()");
        guest.value("pc.close()");

        host.await("session.closed");
        other.page().waitForCondition(() -> statusOf(code) == 404);
        assertThat(host.eventLog()).endsWith("closed");
    }

    private String connect() {
        String code = host.host(Map.of());
        guest.join(code);
        host.awaitConnection();
        guest.awaitConnection();
        return code;
    }

    /** Blocks the requests of both pages until the session has expired. */
    private void expire(String code) {
        host.page().route(API, Route::abort);
        guest.page().route(API, Route::abort);
        other.page().waitForCondition(() -> statusOf(code) == 404);
    }

    private int statusOf(String code) {
        return ((Number) other.value("fetch(service + '/api/v1/sessions/" + code + "').then(({ status }) => status)"))
                .intValue();
    }

    private void awaitTimeAfter(String instant) {
        other.await("Date.now() > Date.parse('" + instant + "') + 1_000");
    }

    private static List<String> changesOf(ClientPage page) {
        var methods = new CopyOnWriteArrayList<String>();
        page.page().onRequest(request -> methods.add(request.method()));
        return methods;
    }

    private static String count(String words) {
        return "eventLog.filter((words) => words === '" + words + "').length";
    }

    private void assertHealthy() {
        assertTheyTalk();
        for (ClientPage page : List.of(host, guest)) {
            assertThat(page.value("session.closed")).isEqualTo(false);
            assertThat(page.eventLog()).noneMatch(words -> words.startsWith("problem") || words.startsWith("closed"));
        }
    }

    private void assertTheyTalk() {
        host.awaitConnection();
        guest.awaitConnection();
        host.say("Still there?");
        guest.awaitMessage("Still there?");
        guest.say("Yes");
        host.awaitMessage("Yes");
    }
}
