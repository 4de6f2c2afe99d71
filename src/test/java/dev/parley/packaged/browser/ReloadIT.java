package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.microsoft.playwright.Page;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A session continues after a reload of either page, with the connections that a function of the page makes. */
@ExtendWith(BrowserExtension.class)
class ReloadIT {
    private static final Map<String, Object> MAKES = Map.of("makes", true);
    private static final int RELOADS = 10;
    private static final double BACK_MILLIS_MAX = 2_000;

    private final Map<String, Object> options = new HashMap<>();
    private ClientPage host;
    private ClientPage guest;
    private ClientPage stranger;
    private int messages;

    @BeforeEach
    void open(TestInfo test, Pages pages) {
        options.put("topic", test.getDisplayName());
        options.put("pollInterval", 50);
        host = pages.openClient("host");
        guest = pages.openClient("guest");
        stranger = pages.openClient("stranger");
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"channel", "sse", "long-poll", "poll"})
    void eitherPageIsReloaded(String transport) {
        options.put("transport", transport);
        String code = connect();
        double[] millis = new double[2 * RELOADS];

        for (int i = 0; i < millis.length; i += 2) {
            millis[i] = reload(guest, () -> guest.join(code, MAKES));
            assertStrangersAreRefused(code);
            millis[i + 1] = reload(host, () -> assertThat(host.host(MAKES)).isEqualTo(code));
            assertStrangersAreRefused(code);
        }

        Arrays.sort(millis);
        // The slowest depends on what else the machine does.
        assertThat(millis[RELOADS])
                .as("median of %s ms", Arrays.toString(millis))
                .isLessThan(BACK_MILLIS_MAX);
    }

    @Test
    void bothPagesAreReloaded() {
        String code = connect();

        reopen(host);
        reopen(guest);
        guest.page().evaluate("(code) => void (window.joining = join(code, { makes: true }))", code);
        assertThat(host.host(MAKES)).isEqualTo(code);
        guest.value("joining");
        assertTheyTalk();
        assertStrangersAreRefused(code);
    }

    /** Its session was never answered, and is listed as before. */
    @Test
    void aWaitingHostIsReloaded() {
        host.with(options);
        guest.with(options);
        String code = host.host(Map.of("peerId", "alice"));
        reopen(host);
        assertThat(host.host(Map.of("peerId", "alice"))).isEqualTo(code);

        assertThat(guest.value("parley.find().then((found) => found.map(({ peerId }) => peerId))"))
                .isEqualTo(List.of("alice"));
        guest.join(code, MAKES);
        assertTheyTalk();
    }

    /** Tracks and channels that were added later are the page's to add again. */
    @Test
    void aPageIsReloadedAfterChangesOfItsConnection() {
        String code = connect();
        guest.value("(addVideo(), session.renegotiate())");
        host.await("receivesVideo()");

        reload(host, () -> host.host(MAKES));
        guest.await("eventLog.includes('replaced')");
        guest.value("(addVideo(), null)");
        host.await("receivesVideo()");
        reload(guest, () -> guest.join(code, MAKES));
    }

    @Test
    void aConnectionThatWasPassedContinuesWithItsTracks() {
        host.with(options);
        guest.with(options);
        for (ClientPage page : List.of(host, guest)) {
            page.value("(window.pc = new RTCPeerConnection(), addVideo(), null)");
        }
        String code = host.host(Map.of());
        guest.join(code);
        host.await("receivesVideo()");

        reopen(guest);
        guest.value("(window.pc = new RTCPeerConnection(), addVideo(), null)");
        guest.join(code);
        guest.await("receivesVideo()");
        host.await("pc.connectionState === 'connected'");
    }

    @Test
    void aHostWhoseGuestHasLeftHostsAnew() {
        connect();
        guest.page().navigate("about:blank");

        reopen(host);
        String code = host.host(MAKES);
        stranger.with(options);
        assertThat(stranger.value("parley.find().then(([{ code }]) => code)")).isEqualTo(code);
        stranger.join(code);
        stranger.awaitConnection();
    }

    /** A copy of the sessionStorage does not give the session to another page. */
    @Test
    void aDuplicatedTabDoesNotTakeTheSession() {
        String code = connect();
        Page copy = guest.page().context().newPage();
        Object kept = guest.value("JSON.stringify(sessionStorage)");
        copy.navigate(guest.page().url());
        copy.evaluate("(kept) => Object.assign(sessionStorage, JSON.parse(kept))", kept);
        var duplicate = new ClientPage(copy).with(options);

        assertThat(duplicate.failureOf("join('" + code + "')")).contains(entry("status", 409));
        assertTheyTalk();
        assertThat(guest.eventLog()).doesNotContain("replaced");
    }

    @Test
    void aSessionIsNotKeptUnlessItIsToBeContinued() {
        host.with(options);
        host.host(Map.of("resume", false));
        assertThat(host.value("sessionStorage.length")).isEqualTo(0);

        host.page().navigate("about:blank");
        stranger.with(options);
        stranger.await("parley.find().then(({ length }) => length === 0)");
    }

    @Test
    void aClosedSessionIsNotContinued() {
        host.with(options);
        String code = host.host(Map.of());
        host.value("session.close()");
        assertThat(host.value("sessionStorage.length")).isEqualTo(0);

        reopen(host);
        assertThat(host.host(Map.of())).isNotEqualTo(code);
    }

    private String connect() {
        guest.with(options);
        String code = host.with(options).host(MAKES);
        guest.join(code, MAKES);
        assertTheyTalk();
        return code;
    }

    /** The milliseconds from the load of the page until both sides have received data. */
    private double reload(ClientPage page, Runnable begins) {
        reopen(page);
        begins.run();
        assertTheyTalk();
        return ((Number) page.value("performance.now()")).doubleValue();
    }

    private void reopen(ClientPage page) {
        page.page().reload();
        page.await("document.body.dataset.ready");
        page.with(options);
    }

    private void assertTheyTalk() {
        messages++;
        host.say("Ping " + messages);
        guest.awaitMessage("Ping " + messages);
        guest.say("Pong " + messages);
        host.awaitMessage("Pong " + messages);
    }

    private void assertStrangersAreRefused(String code) {
        stranger.with(options);
        assertThat(stranger.failureOf("join('" + code + "')")).contains(entry("status", 409));
        assertThat((List<?>) stranger.value("parley.find()")).isEmpty();
    }
}
