package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.sun.net.httpserver.HttpServer;
import dev.parley.FreePort;
import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.RunningParley;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The reasons that parley.js reports if two pages cannot connect. */
@Tag("slow")
@ExtendWith(BrowserExtension.class)
class RefusalsIT {
    private static final Map<String, Object> NOTHING = Map.of();

    @TempDir
    Path folder;

    @Test
    void anOriginThatIsNotAllowedIsReportedAtOnce(Pages pages) {
        ParleyJar jar = ParleyJar.in(folder).with("PARLEY_CORS_ORIGINS", "https://chess.example");
        try (RunningParley parley = jar.start()) {
            ClientPage page = pages.openClient("page");
            begin(page, parley.uri(), NOTHING);

            assertThat(page.failureOf("host({})"))
                    .contains(
                            entry("type", "urn:parley:problem:origin-refused"),
                            entry("status", 403),
                            entry(
                                    "detail",
                                    "The service at " + parley.uri() + " does not allow pages of "
                                            + page.value("location.origin")
                                            + "; its operator can add them to parley.cors.origins."));
            assertThat(page.value("retries")).isEqualTo(0);
        }
    }

    @Test
    void anUnavailableServiceIsNotReportedAsARejection(Pages pages) {
        ClientPage page = pages.openClient("page");
        begin(page, URI.create("http://127.0.0.1:" + FreePort.choose()), Map.of("patience", 500));

        assertThat(page.failureOf("parley.find()"))
                .contains(entry("type", "urn:parley:problem:unreachable"), entry("status", 0));
    }

    /** Replies of a gateway have no CORS headers. */
    @Test
    void aGatewayErrorIsNotReportedAsARejection(Pages pages) throws IOException {
        HttpServer proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.createContext("/", exchange -> {
            exchange.sendResponseHeaders(502, -1);
            exchange.close();
        });
        proxy.start();
        try {
            ClientPage page = pages.openClient("page");
            begin(page, URI.create("http://127.0.0.1:" + proxy.getAddress().getPort()), Map.of("patience", 500));

            assertThat(page.failureOf("parley.find()"))
                    .contains(entry("type", "urn:parley:problem:unreachable"), entry("status", 0));
            assertThat(((Number) page.value("retries")).intValue()).isPositive();
        } finally {
            proxy.stop(0);
        }
    }

    @Test
    void aWrongKeyIsReportedAtOnce(Pages pages) {
        try (RunningParley parley =
                ParleyJar.in(folder).with("PARLEY_ACCESS", "key").start()) {
            ClientPage page = pages.openClient("page");
            begin(page, parley.uri(), Map.of("key", "parley_of-somebody-else"));

            for (String call : List.of("host({})", "join('a-code')", "parley.find()")) {
                assertThat(page.failureOf(call))
                        .contains(
                                entry("status", 401),
                                entry(
                                        "detail",
                                        "The credential is invalid, expired or revoked; ask the operator of this service"
                                                + " for a new one."));
            }
            assertThat(page.value("retries")).isEqualTo(0);
        }
    }

    /** Neither side has any candidate, which ICE does not report. */
    @Test
    void peersWithoutANetworkPathReportIt(Pages pages) {
        ClientPage host = pages.openClient("host").with(NOTHING);
        ClientPage guest = pages.openClient("guest").with(NOTHING);
        for (ClientPage page : List.of(host, guest)) {
            page.page().clock().install();
            page.value("pc.setConfiguration({ iceTransportPolicy: 'relay' })");
        }

        guest.join(host.host(NOTHING));
        host.await("eventLog.includes('answer answerer 1')");
        guest.page().waitForCondition(() -> {
            // Not while the guest answers the restart, which takes real time.
            if (host.value("pc.signalingState").equals("stable")) {
                host.page().clock().fastForward(1_000);
            }
            return guest.value("session.closed").equals(true);
        });
        for (ClientPage page : List.of(host, guest)) {
            assertThat(page.failureOf("session.connected"))
                    .as("of %s", page.value("session.side"))
                    .isNotNull();
        }
        assertThat(host.eventLog())
                .contains("answer answerer 2")
                .endsWith("closed No network path between the two devices was found;"
                        + " try another network, or ask the operator for a TURN server.");
    }

    private static void begin(ClientPage page, URI service, Map<String, Object> options) {
        page.page().evaluate("""
            ([service, options]) => {
              begin({});
              window.retries = 0;
              window.parley = new Parley(service, options);
              parley.addEventListener("retry", () => retries++);
            }
            """, List.of(service.toString(), options));
    }
}
