package dev.parley.packaged.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import dev.parley.FreePort;
import dev.parley.guides.Guide;
import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.RunningParley;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Pages that a real nginx, or Caddy, serves from Parley's own origin: a page reads the namespace to which it writes, and events are not
 * held back. The configurations are those of the guide.
 */
@Tag("slow")
@ExtendWith(ReverseProxyIT.Installed.class)
class ReverseProxyIT {
    private static final String LOCATION = "    location / {\n";
    private static final String PARLEY_OF_GUIDE = "http://127.0.0.1:8080";

    /** Pages beside the service, with and without referrers. */
    private static final String PAGES = """
                location /app/ { alias %1$s/; }
                location /silent/ { alias %1$s/; add_header Referrer-Policy no-referrer; }
            """;

    private static final String PLAIN_SERVER = """
            server {
                listen 127.0.0.1:%d;
                location / {
                    proxy_pass %s;
                    %s
                }
            }
            """;

    /** A page behind a proxy, by the configuration of the proxy and of Parley. */
    enum Setup {
        /** The default of nginx: the Host header is the name of the upstream, and parley.http.public-url is set. */
        DEFAULT_HOST("http://default-host.test", "/app/"),
        DEFAULT_HOST_WITHOUT_REFERRER("http://default-host.test", "/silent/"),
        /** The same without parley.http.public-url. */
        UNCONFIGURED("http://unconfigured.test", "/silent/"),
        /** The host with the port that is the default. */
        HOST_WITH_PORT("http://host-with-port.test", "/app/"),
        /** The configuration of the guide. */
        TLS("https://parley.example.org", "/app/"),
        TLS_WITHOUT_REFERRER("https://parley.example.org", "/silent/"),
        /** The configuration of the guide for Caddy. */
        CADDY("https://caddy.test", "/app/");

        final String origin;
        final String folder;

        Setup(String origin, String folder) {
            this.origin = origin;
            this.folder = folder;
        }

        /** Whether the browser or the configuration tells Parley the origin of the page. */
        boolean isKnown() {
            return this != DEFAULT_HOST_WITHOUT_REFERRER && this != UNCONFIGURED;
        }

        boolean isPlain() {
            return origin.startsWith("http:");
        }
    }

    private static @Nullable Chromium chromium;
    private static final List<ServerProcess> PROXIES = new ArrayList<>();
    private static final List<RunningParley> PARLEYS = new ArrayList<>();

    private final List<BrowserContext> visitors = new ArrayList<>();

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        if (!Installed.all()) {
            return;
        }
        int defaultHost = FreePort.choose();
        int unconfigured = FreePort.choose();
        int hostWithPort = FreePort.choose();
        int tls = FreePort.choose();
        RunningParley knowing = parley(folder, "PARLEY_HTTP_PUBLIC_URL", Setup.DEFAULT_HOST.origin);
        RunningParley unset = parley(folder, "PARLEY_CORS_ORIGINS", "https://listed.example");
        RunningParley trusting = parley(folder, "PARLEY_LIMITS_TRUSTED_PROXIES", "127.0.0.1");
        SelfSigned certificate = SelfSigned.of("parley.example.org", folder);
        Path pages = Path.of("src/test/resources/browser").toAbsolutePath();
        String servers = PLAIN_SERVER.formatted(defaultHost, knowing.uri(), "")
                + PLAIN_SERVER.formatted(unconfigured, trusting.uri(), "")
                + PLAIN_SERVER.formatted(hostWithPort, unset.uri(), "proxy_set_header Host $host:80;")
                + serverOfGuide(tls, trusting, certificate);
        PROXIES.add(
                ServerProcess.nginx(folder, servers.replace(LOCATION, PAGES.formatted(pages) + LOCATION), defaultHost));
        int caddy = FreePort.choose();
        if (Files.isExecutable(ServerProcess.CADDY)) {
            PROXIES.add(ServerProcess.caddy(folder, siteOfGuide(trusting, pages), caddy));
        }
        chromium = Chromium.launch(
                Chromium.installed().orElseThrow(),
                "--host-resolver-rules="
                        + "MAP default-host.test 127.0.0.1:%d, MAP unconfigured.test 127.0.0.1:%d,"
                                .formatted(defaultHost, unconfigured)
                        + "MAP host-with-port.test 127.0.0.1:%d, MAP parley.example.org 127.0.0.1:%d,"
                                .formatted(hostWithPort, tls)
                        + "MAP caddy.test 127.0.0.1:%d".formatted(caddy));
    }

    private static RunningParley parley(Path folder, String variable, String value) throws IOException {
        RunningParley parley = ParleyJar.in(Files.createTempDirectory(folder, "parley"))
                .with(variable, value)
                .start();
        PARLEYS.add(parley);
        return parley;
    }

    private static String serverOfGuide(int port, RunningParley parley, SelfSigned certificate) {
        return ofGuide(
                "nginx",
                Map.of(
                        "listen 443 ",
                        "listen 127.0.0.1:" + port + " ",
                        "/etc/ssl/parley.example.org.pem",
                        certificate.certificate().toString(),
                        "/etc/ssl/parley.example.org.key",
                        certificate.key().toString(),
                        PARLEY_OF_GUIDE,
                        parley.uri().toString()));
    }

    private static String siteOfGuide(RunningParley parley, Path pages) {
        return ofGuide(
                "caddyfile",
                Map.of(
                        "parley.example.org {",
                        "caddy.test {\n    handle_path /app/* {\n        root * " + pages
                                + "\n        file_server\n    }",
                        "127.0.0.1:8080",
                        parley.uri().getAuthority()));
    }

    /** The block of the guide in {@code language}, with this machine's ports, files and service. */
    private static String ofGuide(String language, Map<String, String> here) {
        String lines = Guide.named("reverse-proxies.md").block(language);
        for (Map.Entry<String, String> entry : here.entrySet()) {
            assertThat(lines).contains(entry.getKey());
            lines = lines.replace(entry.getKey(), entry.getValue());
        }
        return lines;
    }

    @AfterAll
    static void stop() {
        if (chromium != null) {
            chromium.close();
        }
        PROXIES.forEach(ServerProcess::close);
        PROXIES.clear();
        PARLEYS.forEach(RunningParley::close);
        PARLEYS.clear();
    }

    @AfterEach
    void leave() {
        visitors.forEach(BrowserContext::close);
    }

    @ParameterizedTest
    @EnumSource
    void aPageReadsWhatItHasWritten(Setup setup) {
        ClientPage page = open(setup);
        assertHeadersOfTheBrowser(setup, page);
        if (setup.isKnown()) {
            String code = UUID.randomUUID().toString();
            assertThat(post(page, "/api/v1/sessions", Map.of("offer", "o", "topic", "t", "code", code)))
                    .isEqualTo(201);
            assertThat(page.value("fetch('/api/v1/sessions/%s').then((reply) => reply.status)".formatted(code)))
                    .isEqualTo(200);
            assertThat(page.value("fetch('/t/sessions').then((reply) => reply.text())")
                            .toString())
                    .contains(code);
            assertEventsArriveWhenCommitted(page, "/api/v1/sessions/" + code);
        }
        // A page that names its namespace needs no configuration.
        page.page().setExtraHTTPHeaders(Map.of("Parley-Namespace", setup.origin));
        String named = UUID.randomUUID().toString();
        assertThat(post(page, "/api/v1/sessions", Map.of("offer", "o", "code", named)))
                .isEqualTo(201);
        assertThat(page.value("fetch('/api/v1/sessions/%s').then((reply) => reply.status)".formatted(named)))
                .isEqualTo(200);
    }

    private static void assertEventsArriveWhenCommitted(ClientPage page, String path) {
        // In one step, because an event before its listener would be missed.
        String listen = "(Object.assign(window, { events: [], stream: new EventSource('%s/events') }),"
                + " stream.onmessage = ({ data }) => events.push(JSON.parse(data).type), null)";
        page.value(listen.formatted(path));
        page.await("events.join() === 'offer'");

        page.value(
                "fetch('%s/answer', { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: '{\"answer\": \"a\"}' })"
                        .formatted(path));

        page.await("events.join() === 'offer,answer'");
        assertThat(page.value("stream.readyState === EventSource.OPEN")).isEqualTo(true);
        page.value("stream.close()");
    }

    /** The premise of these tests: without TLS a browser sends less about the origin of a page. */
    private static void assertHeadersOfTheBrowser(Setup setup, ClientPage page) {
        Request request = page.page()
                .waitForRequest("**/health", () -> page.value("fetch('/health').then((reply) => reply.status)"));
        Map<String, String> headers = request.allHeaders();
        assertThat(headers.get("origin")).isNull();
        assertThat(headers.get("sec-fetch-site")).isEqualTo(setup.isPlain() ? null : "same-origin");
        assertThat(headers.containsKey("referer")).isEqualTo(setup.folder.equals("/app/"));
    }

    @ParameterizedTest
    @EnumSource
    void parleyJsConnectsTwoPages(Setup setup) {
        ClientPage host = open(setup).with(Map.of("topic", "chess"));
        ClientPage guest = open(setup).with(Map.of("topic", "chess"));

        String code = host.host(Map.of());
        assertThat(guest.value("parley.find().then((found) => found.map(({ code }) => code))")
                        .toString())
                .contains(code);
        guest.join(code);
        host.awaitConnection();
        guest.awaitConnection();
        guest.say("Here we are");
        host.awaitMessage("Here we are");
    }

    @ParameterizedTest
    @EnumSource(names = {"DEFAULT_HOST", "HOST_WITH_PORT", "TLS", "CADDY"})
    void theConsoleConnectsToWhoeverFollowsItsLink(Setup setup) {
        assumeInstalled(setup);
        ConsolePage host = new ConsolePage(blank()).go(setup.origin + "/");
        String link = host.start();
        assertThat(link).startsWith(setup.origin + "/#");
        ConsolePage guest = new ConsolePage(blank()).go(link);

        host.awaitConnection();
        guest.awaitConnection();
    }

    private static Object post(ClientPage page, String path, Map<String, String> body) {
        return page.page()
                .evaluate(
                        "([path, body]) => fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' },"
                                + " body: JSON.stringify(body) }).then((reply) => reply.status)",
                        List.of(path, body));
    }

    private ClientPage open(Setup setup) {
        assumeInstalled(setup);
        Page page = blank();
        page.navigate(setup.origin + setup.folder + "client.html?service=" + setup.origin);
        return new ClientPage(page);
    }

    private static void assumeInstalled(Setup setup) {
        assumeTrue(
                setup != Setup.CADDY || Files.isExecutable(ServerProcess.CADDY),
                "No Caddy here; Debian's package is called caddy");
    }

    private Page blank() {
        BrowserContext visitor =
                Objects.requireNonNull(chromium).visitor(new NewContextOptions().setIgnoreHTTPSErrors(true));
        visitors.add(visitor);
        return visitor.newPage();
    }

    /** Where there is no nginx or no Chromium, each test is skipped by its name. */
    static final class Installed implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return context.getTestMethod().isEmpty() || all()
                    ? ConditionEvaluationResult.enabled("There are nginx and Chromium, or nothing asks for them yet")
                    : ConditionEvaluationResult.disabled(
                            "No nginx or no Chromium here; Debian's packages are called nginx-light and chromium");
        }

        static boolean all() {
            return Files.isExecutable(ServerProcess.NGINX)
                    && Chromium.installed().isPresent();
        }
    }
}
