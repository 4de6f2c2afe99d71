package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.RunningParley;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** parley.js needs one connection for all sessions of a page: a browser opens six to a host over HTTP/1.1. */
@ExtendWith(BrowserExtension.class)
class OneConnectionIT {
    private static final int SESSIONS = 12;
    private static final int TABS = 8;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"channel", "sse", "long-poll"})
    void twelveSessionsOfAPageAreAnswered(String transport, Pages pages) {
        Map<String, Object> options = Map.of("transport", transport, "topic", "twelve over " + transport);
        ClientPage hosts = pages.openClient("hosts").with(options);
        ClientPage guests = pages.openClient("guests").with(options);
        hosts.value("(window.all = [])");
        hosts.page()
                .evaluate(
                        "(count) => Promise.all(Array.from({ length: count }, async () => {"
                                + " const one = new RTCPeerConnection();"
                                + " one.createDataChannel('talk', { negotiated: true, id: 0 });"
                                + " all.push(await parley.host(one)); }))",
                        SESSIONS);
        hosts.await("parley.transport === '" + transport + "'");

        guests.page()
                .evaluate("async () => Promise.all((await parley.find()).map(async ({ code }) => {"
                        + " const one = new RTCPeerConnection();"
                        + " one.createDataChannel('talk', { negotiated: true, id: 0 });"
                        + " const session = await parley.join(code, one);"
                        + " await session.connected; }))");
        assertThat(hosts.value("Promise.all(all.map(({ connected }) => connected)).then((each) => each.length)"))
                .isEqualTo(SESSIONS);
    }

    @Test
    void eightTabsOfABrowserEachHaveAConnection(Pages pages) {
        List<ClientPage> tabs = pages.openTabs("tab", TABS).stream()
                .map(page -> new ClientPage(page).with(Map.of()))
                .toList();
        List<String> codes = tabs.stream().map(tab -> tab.host(Map.of())).toList();
        tabs.forEach(tab -> tab.await("session.transport === 'channel'"));

        ClientPage guest = pages.openClient("guest").with(Map.of());
        guest.join(codes.get(TABS - 1));
        guest.awaitConnection();
        tabs.get(TABS - 1).awaitConnection();
    }

    @ParameterizedTest
    @ValueSource(strings = {"channel", "sse"})
    void aRevokedKeyIsReported(String transport, Pages pages) {
        ParleyJar jar = ParleyJar.in(folder).with("PARLEY_ACCESS", "key");
        String key = jar.run("key", "create", "page", "--namespace", "chess", "--role", "peer")
                .out()
                .strip();
        try (RunningParley parley = jar.start()) {
            ClientPage page = pages.openClient("page");
            page.page()
                    .evaluate(
                            "([service, options]) => { begin({}); window.parley = new Parley(service, options); }",
                            List.of(parley.uri().toString(), Map.of("key", key, "transport", transport)));
            page.host(Map.of());
            page.page()
                    .evaluate(
                            "() => void session.addEventListener('closed', ({ detail }) => (window.reason = detail.error))");
            page.await("session.transport === '" + transport + "'");
            jar.run("key", "revoke", "page");

            page.await("window.reason");
            assertThat(page.value("reason.detail"))
                    .isEqualTo(
                            "The credential is invalid, expired or revoked; ask the operator of this service for a new one.");
        }
    }

    /** Behind a proxy without WebSocket. */
    @Tag("slow")
    @Test
    void aChangeOfTheTransportIsReportedWithItsReason(Pages pages) {
        ClientPage page = pages.openClient("page").withoutWebSocket().with(Map.of());
        page.value("(window.changes = [])");
        page.value(
                "parley.addEventListener('transport', ({ detail: { transport, error } }) => changes.push([transport, error?.detail]))");
        page.host(Map.of());

        page.await("changes.length > 0");
        assertThat(page.value("changes[0]"))
                .isEqualTo(List.of("sse", "A channel to the service cannot be opened, or was closed."));
    }
}
