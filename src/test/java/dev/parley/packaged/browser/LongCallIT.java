package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.RunningParley;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A call is longer than its session lives, than the service runs, and than its peers have their addresses. */
@Tag("slow")
@ExtendWith(BrowserExtension.class)
@SuppressWarnings("NullAway.Init") // each test fills the fields
class LongCallIT {
    private static final String SECRET = "the secret of a relay that stops";
    private static final String HAS_RELAY =
            "pc.getStats().then((stats) => [...stats.values()].some(({ candidateType }) => candidateType === 'relay'))";

    @TempDir
    Path folder;

    private ClientPage host;
    private ClientPage guest;

    @ParameterizedTest
    @ValueSource(strings = {"channel", "sse", "long-poll", "poll"})
    void aCallOutlivesThreeTimesToLiveAndTheService(String transport, Pages pages) {
        ParleyJar jar = ParleyJar.in(folder).with("PARLEY_SESSION_TTL", "10s").with("PARLEY_STORE_URL", "sqlite:p.db");
        URI service;
        try (RunningParley parley = jar.start()) {
            service = parley.uri();
            open(pages, service, Map.of("transport", transport));
            connect();
            host.await("Date.now() > window.connectedAt + 31_000");
            host.await("session.expiresAt > new Date().toISOString()");
            parley.kill();
        }
        guest.value("(addVideo(), null)");
        try (RunningParley parley = jar.startOn(service.getPort())) {
            assertThat(parley.uri()).isEqualTo(service);
            host.await("receivesVideo()");
            host.value("session.restart()");
            guest.value("session.restart()");
            assertTheyTalk();
        }
    }

    /** The relay of both peers stops. What they have now are other addresses. */
    @SuppressWarnings("try") // the relay stops in the middle
    @Test
    void anAddressChangeRestartsIce(Pages pages) {
        assumeTrue(Files.isExecutable(ServerProcess.COTURN), "coturn is not installed");
        try (ServerProcess relay = ServerProcess.coturn(folder, SECRET);
                RunningParley parley = ParleyJar.in(folder)
                        .with("PARLEY_ICE_TURN", "turn:127.0.0.1:" + relay.port() + "?transport=udp")
                        .with("PARLEY_ICE_TURN_SECRET", SECRET)
                        .start()) {
            open(pages, parley.uri(), Map.of());
            for (ClientPage page : List.of(host, guest)) {
                page.value("(async () => { window.configuration ="
                        + " { iceServers: await parley.iceServers(), iceTransportPolicy: 'relay' }; })()");
                page.with(Map.of());
            }
            connect();
            assertThat(host.value(HAS_RELAY)).isEqualTo(true);

            relay.close();
            for (ClientPage page : List.of(host, guest)) {
                page.value("pc.setConfiguration({ iceTransportPolicy: 'all' })");
            }
            host.await("session.generation > 1");
            host.await("pc.connectionState === 'connected'");
            assertTheyTalk();
        }
    }

    private void open(Pages pages, URI service, Map<String, Object> options) {
        host = pages.openClient("host", service).with(options);
        guest = pages.openClient("guest", service).with(options);
    }

    private void connect() {
        guest.join(host.host(Map.of()));
        host.awaitConnection();
        guest.awaitConnection();
        host.value("(window.connectedAt = Date.now(), null)");
    }

    private void assertTheyTalk() {
        host.say("Still there?");
        guest.awaitMessage("Still there?");
        guest.say("Yes");
        host.awaitMessage("Yes");
        for (ClientPage page : List.of(host, guest)) {
            assertThat(page.eventLog()).noneMatch(words -> words.startsWith("problem") || words.startsWith("closed"));
        }
    }
}
