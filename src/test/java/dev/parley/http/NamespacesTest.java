package dev.parley.http;

import static dev.parley.http.HttpSession.newCode;
import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.contract.SqliteProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each request is confined to a namespace: the named one; the origin; the service's own origin for its pages; else "unknown". */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class NamespacesTest {
    private static final String OWN = TestClient.service().toString().replaceFirst("/$", "");

    private final String code = newCode();

    @Test
    void originsAreIsolated() {
        String name = UUID.randomUUID() + ".example";
        List<String> origins = List.of(
                "https://" + name, "http://" + name, "https://" + name + ":8443", "https://www." + name, "null", "");
        for (String origin : origins) {
            open(TestClient.of(origin), origin);
        }
        for (String origin : origins) {
            assertThat(offer(TestClient.of(origin)
                            .get("/api/v1/sessions/" + code)
                            .send()))
                    .isEqualTo("offer of " + origin);
        }
    }

    @Test
    void requestsWithoutOriginAreInUnknown() {
        open(TestClient.withoutOrigin(), "nobody");

        assertThat(offer(
                        TestClient.of("unknown").get("/api/v1/sessions/" + code).send()))
                .isEqualTo("offer of nobody");
        assertThat(offer(TestClient.of("").get("/api/v1/sessions/" + code).send()))
                .isEqualTo("offer of nobody");
        TestClient.ofNewOrigin().get("/api/v1/sessions/" + code).send().is(404);
    }

    @Test
    void clientsShareTheNamespaceThatTheyName() {
        String name = "app-" + UUID.randomUUID();
        open(TestClient.ofNewOrigin(), name, "the page");
        open(TestClient.withoutOrigin(), "nobody");

        for (TestClient client : List.of(TestClient.withoutOrigin(), TestClient.ofNewOrigin())) {
            assertThat(offer(naming(client, "GET", "/api/v1/sessions/" + code, name)
                            .send()))
                    .isEqualTo("offer of the page");
            assertThat(naming(client, "GET", "/api/v1/sessions", name)
                            .send()
                            .is(200)
                            .at("/items"))
                    .hasSize(1);
            assertThat(naming(client, "GET", "/topics", name).send().is(200).at("/topics"))
                    .hasSize(1);
            naming(client, "POST", "/poll", name)
                    .json(object("code", code, "side", "answerer"))
                    .is(200);
            naming(client, "GET", "/api/v1/sessions/" + code + "/events?after=1", name)
                    .header("Prefer", "wait=0")
                    .send()
                    .is(200);
        }
        TestClient.ofNewOrigin().get("/api/v1/sessions/" + code).send().is(404);
    }

    @Test
    void namesAreCaseSensitiveAndUninterpreted() {
        for (String name : List.of("a", "A", "*", "https://a.example", "~!@,;\"", "n".repeat(512))) {
            open(TestClient.ofNewOrigin(), name, name);
        }
        assertThat(offer(TestClient.of("https://a.example")
                        .get("/api/v1/sessions/" + code)
                        .send()))
                .as("a page with this origin")
                .isEqualTo("offer of https://a.example");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\tb", "\u00fc", "TOO LONG"})
    void invalidNamesAreRejected(String text) throws IOException {
        String name = text.replace("TOO LONG", "n".repeat(513));
        for (String path : List.of("/api/v1/sessions", "/api/v1/ice-servers", "/api/v1/nothing")) {
            ask("GET " + path, "Parley-Namespace: " + name)
                    .isMalformed("Parley-Namespace must be 1 to 512 visible ASCII");
        }
        for (String path : List.of("/topics", "/health", "/t/sessions")) {
            ask("GET " + path, "Parley-Namespace: " + name).isError(400);
        }
    }

    @Test
    void twoNamesAreRejected() throws IOException {
        ask("GET /api/v1/sessions", "Parley-Namespace: a", "parley-namespace: a")
                .isMalformed("Parley-Namespace was sent 2 times");
        ask("GET /topics", "Parley-Namespace: a", "Parley-Namespace: b").isError(400);
    }

    @Test
    void aRejectedNameChangesNothing() {
        naming(TestClient.ofNewOrigin(), "POST", "/api/v1/sessions", "a b")
                .json(object("offer", "x", "code", code))
                .is(400);

        assertThat(naming(TestClient.withoutOrigin(), "GET", "/api/v1/sessions/" + code, "a")
                        .send()
                        .status())
                .isEqualTo(404);
    }

    @Test
    void aTooLongOriginIsRejected() {
        TestClient.of("https://" + "o".repeat(504))
                .get("/api/v1/sessions")
                .send()
                .is(200);
        TestClient.of("https://" + "o".repeat(505))
                .get("/api/v1/sessions")
                .send()
                .isMalformed("512");
        TestClient.of("https://" + "o".repeat(505)).get("/topics").send().isError(400);
    }

    @Test
    void aPageOfTheServiceReadsWhatItWrote() {
        open(TestClient.of(OWN), "the page"); // a browser sends Origin with each POST

        HttpReply read = TestClient.withoutOrigin() // and none with a same-origin GET
                .get("/api/v1/sessions/" + code)
                .header("Sec-Fetch-Site", "same-origin")
                .send();
        assertThat(offer(read)).isEqualTo("offer of the page");
        assertThat(TestClient.withoutOrigin()
                        .get("/topic-" + code + "/sessions")
                        .header("Sec-Fetch-Site", "same-origin")
                        .send()
                        .at("/sessions"))
                .hasSize(1);
    }

    /** Behind a proxy with TLS the origin of the browser is not the one that the service assumes. */
    @Test
    void aPageBehindAProxyReadsWhatItWrote() {
        open(TestClient.of("https://parley.example"), "the page");

        HttpReply read = TestClient.withoutOrigin()
                .get("/api/v1/sessions/" + code)
                .header("Sec-Fetch-Site", "same-origin")
                .header("Referer", "https://parley.example/")
                .send();
        assertThat(offer(read)).isEqualTo("offer of the page");
    }

    /** Browsers send no Sec-Fetch-Site to a service without TLS that is not on a loopback address. */
    @Test
    void aPageWithoutTlsReadsWhatItWrote() {
        open(TestClient.of(OWN), "the page");
        open(TestClient.withoutOrigin(), "nobody");

        assertThat(offer(refer(OWN + "/"))).isEqualTo("offer of the page");
        for (String elsewhere : List.of("https://other.example/", OWN + "0/", "garbage", "null")) {
            assertThat(offer(refer(elsewhere))).as(elsewhere).isEqualTo("offer of nobody");
        }
    }

    private HttpReply refer(String referrer) {
        return TestClient.withoutOrigin()
                .get("/api/v1/sessions/" + code)
                .header("Referer", referrer)
                .send();
    }

    /** Browsers write an origin in lower case and without a default port. */
    @ParameterizedTest
    @CsvSource({
        "example.org, http://example.org",
        "example.org:80, http://example.org",
        "EXAMPLE.org, http://example.org",
        "example.org:443, http://example.org:443",
        "example.org:0080, http://example.org",
        "[2001:DB8::1]:80, http://[2001:db8::1]",
        "[2001:db8::1]:8080, http://[2001:db8::1]:8080",
    })
    void defaultPortsAreOmitted(String host, String origin) throws IOException {
        open(TestClient.of(origin), "the page");

        assertThat(offer(askAs(host, "Referer: " + origin + "/page?x#y"))).isEqualTo("offer of the page");
        assertThat(offer(askAs(host, "Sec-Fetch-Site: same-origin"))).isEqualTo("offer of the page");
    }

    /** A page without referrers sends {@code Origin: null} with some of its POSTs. */
    @Test
    void aPageWithAWithheldOriginReadsWhatItWrote() {
        TestClient page = TestClient.of("null");
        page.post("/api/v1/sessions")
                .header("Sec-Fetch-Site", "same-origin")
                .json(object("offer", "offer of the page", "code", code))
                .is(201);
        open(page, "a sandbox");

        assertThat(offer(TestClient.withoutOrigin()
                        .get("/api/v1/sessions/" + code)
                        .header("Sec-Fetch-Site", "same-origin")
                        .send()))
                .isEqualTo("offer of the page");
        for (String site : List.of("cross-site", "same-site", "none")) {
            assertThat(offer(page.get("/api/v1/sessions/" + code)
                            .header("Sec-Fetch-Site", site)
                            .header("Referer", OWN + "/")
                            .send()))
                    .isEqualTo("offer of a sandbox");
        }
    }

    @Test
    void forwardedHeadersAreIgnoredWithoutTrustedProxies() throws IOException {
        open(TestClient.of("http://example.org"), "the page");

        assertThat(offer(askAs(
                        "example.org",
                        "Sec-Fetch-Site: same-origin",
                        "X-Forwarded-Proto: https",
                        "X-Forwarded-Host: other.example",
                        "Forwarded: proto=https;host=other.example")))
                .isEqualTo("offer of the page");
    }

    private HttpReply askAs(String host, String... headers) throws IOException {
        return RawConnection.exchange("GET /api/v1/sessions/" + code + " HTTP/1.1\r\nHost: " + host + "\r\n"
                        + String.join("\r\n", headers) + "\r\nConnection: close\r\n\r\n")
                .orElseThrow();
    }

    private static HttpReply ask(String call, String... headers) throws IOException {
        return RawConnection.exchange(call + " HTTP/1.1\r\nHost: x\r\n" + String.join("\r\n", headers)
                        + "\r\nConnection: close\r\n\r\n")
                .orElseThrow();
    }

    @Test
    void originTakesPrecedenceOverFetchMetadata() {
        TestClient client = TestClient.ofNewOrigin();
        open(client, "the page");

        assertThat(offer(client.get("/api/v1/sessions/" + code)
                        .header("Sec-Fetch-Site", "same-origin")
                        .send()))
                .isEqualTo("offer of the page");
    }

    @Test
    void otherFetchesWithoutOriginAreInUnknown() {
        open(TestClient.withoutOrigin(), "nobody");
        for (String site : List.of("none", "same-site", "cross-site", "SAME-ORIGIN", "garbage")) {
            HttpReply read = TestClient.withoutOrigin()
                    .get("/api/v1/sessions/" + code)
                    .header("Sec-Fetch-Site", site)
                    .header("Referer", OWN + "/")
                    .send();
            assertThat(offer(read)).as(site).isEqualTo("offer of nobody");
        }
    }

    @Test
    void bothApisHaveTheSameNamespaces() {
        TestClient client = TestClient.ofNewOrigin();
        open(client, "the page");

        client.post("/poll").json(object("code", code, "side", "answerer")).is(200);
        TestClient.ofNewOrigin()
                .post("/poll")
                .json(object("code", code, "side", "answerer"))
                .isError(404, "Session not found, expired, or origin mismatch");
        TestClient.withoutOrigin()
                .post("/poll")
                .json(object("code", code, "side", "answerer"))
                .isError(404);
    }

    @Test
    void writesDoNotReachOtherNamespaces() {
        HttpSession session = HttpSession.answered();
        TestClient stranger = TestClient.ofNewOrigin();
        String token = session.offererToken();

        stranger.put(session.path() + "/answer").json(object("answer", "x")).is(404);
        stranger.post(session.path() + "/candidates")
                .token(token)
                .json(object("end", true))
                .is(404);
        stranger.put(session.path() + "/offer")
                .token(token)
                .header("If-Match", "*")
                .json(object("offer", "x"))
                .is(404);
        stranger.patch(session.path()).token(token).json(object("ttl", 10)).is(404);
        stranger.delete(session.path()).token(token).send().is(404);
        stranger.post("/answer")
                .json(object("code", session.code(), "side", "answerer", "answer", "x"))
                .is(404);
        stranger.post("/answer")
                .token(token)
                .json(object("code", session.code(), "side", "offerer", "candidate", "x"))
                .is(404);
        assertThat(session.read().at("/seq").longValue()).isEqualTo(2);
    }

    private void open(TestClient client, String owner) {
        client.post("/api/v1/sessions")
                .json(object("offer", "offer of " + owner, "code", code, "topic", "topic-" + code))
                .is(201);
    }

    private void open(TestClient client, String name, String owner) {
        naming(client, "POST", "/api/v1/sessions", name)
                .json(object("offer", "offer of " + owner, "code", code, "topic", "topic-" + code))
                .is(201);
    }

    private static TestClient.Call naming(TestClient client, String method, String path, String name) {
        return client.call(method, path).header("Parley-Namespace", name);
    }

    private static String offer(HttpReply read) {
        return read.is(200).textAt("/offer");
    }
}
