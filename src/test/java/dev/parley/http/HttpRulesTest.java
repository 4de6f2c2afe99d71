package dev.parley.http;

import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.contract.MovableClock;
import dev.parley.contract.SqliteProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of HTTP, and the form of refusals: problem details in the native API, {"error"} elsewhere. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
@SuppressWarnings("NullAway.Init") // the framework fills the field
class HttpRulesTest {
    @Inject
    MovableClock clock;

    private final TestClient client = TestClient.ofNewOrigin();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /api/v1/sessions              | GET, HEAD, OPTIONS, POST
            /api/v1/sessions/x            | DELETE, GET, HEAD, OPTIONS, PATCH
            /api/v1/sessions/x/answer     | OPTIONS, PUT
            /api/v1/sessions/x/candidates | OPTIONS, POST
            /api/v1/sessions/x/offer      | OPTIONS, PUT
            /api/v1/sessions/x/events     | GET, HEAD, OPTIONS
            /api/v1/topics                | GET, HEAD, OPTIONS
            /                             | GET, HEAD, OPTIONS
            /topics                       | GET, HEAD, OPTIONS
            /t/sessions                   | GET, HEAD, OPTIONS
            /t/offer                      | OPTIONS, POST
            /answer                       | OPTIONS, POST
            /poll                         | OPTIONS, POST
            /health                       | GET, HEAD, OPTIONS
            """)
    void optionsAndAllowListTheMethodsOfAPath(String path, String allowed) {
        HttpReply options = client.call("OPTIONS", path).send().is(204);
        assertThat(options.header("Allow")).isEqualTo(allowed);

        for (String method : List.of("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "FOO", "get")) {
            if (!List.of(allowed.split(", ")).contains(method)) {
                HttpReply refused = client.call(method, path).send();
                assertThat(refused.header("Allow")).as(method).isEqualTo(allowed);
                isRefused(refused, path, 405);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1",
                "/api/v1/",
                "/api/v1/nothing",
                "/api/v1/sessions/x/nothing",
                "/api/v1/topics/x",
                "/api/v1/x/sessions",
                "/api",
                "/api/v2/sessions/x",
                "/nothing",
                "/a/b",
                "/a/b/sessions",
                "/q/nothing",
                "/q",
                "/q/health/sessions",
                "/favicon.ico",
                "/index.html",
                "/topics/x",
                "/WEB-INF/web.xml",
                "/api/v1/sessions/",
                "/api/v1/sessions/x/",
                "/api/v1/sessions/x/answer/",
                "/api/v1/sessions/x/candidates/",
                "/api/v1/sessions/x/events/",
                "/api/v1/sessions//events",
                "/api/v1//sessions",
                "/api/v1/topics/",
                "/api/v1/ice-servers/",
                "/topics/",
                "/health/",
                "/answer/",
                "/poll/",
                "/t/sessions/",
                "/t/offer/",
                "/t//sessions",
                "//sessions",
                "/parley.js/",
                "/q/openapi/",
            })
    void unknownPathsGet404(String path) {
        for (String method : List.of("GET", "POST", "PUT", "DELETE", "OPTIONS")) {
            HttpReply refused = client.call(method, path).send();
            isRefused(refused, path, 404);
            assertThat(refused.hasHeader("Allow")).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".",
                "..",
                "%2e",
                "%2E",
                "%2e%2e",
                ".%2E",
                "x/..",
                "x/%2e%2e",
                "./events",
                "../events",
                "%2e/answer",
                ".%2e/offer",
            })
    void dotSegmentsAreNotCodes(String segments) throws IOException {
        String path = "/api/v1/sessions/" + segments;
        for (String method : List.of("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")) {
            HttpReply refused = RawConnection.exchange(
                            method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
                    .orElseThrow();
            isRefused(refused, path, 404);
        }
    }

    @Test
    void dotSegmentsDoNotLeadToTheNextSegment() throws IOException {
        client.post("/api/v1/sessions")
                .json(object("offer", "x", "code", "events"))
                .is(201);

        RawConnection.exchange("GET /api/v1/sessions/./events HTTP/1.1\r\nHost: localhost\r\nOrigin: " + client.origin()
                        + "\r\n\r\n")
                .orElseThrow()
                .isProblem(404, "blank");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/sessions?topic=a&topic=b",
                "/api/v1/sessions?tag=a&limit=1&tag=a",
                "/api/v1/sessions?limit=1&%6Cimit=1",
                "/api/v1/topics?cursor=&cursor=",
                "/api/v1/sessions/x/events?after=1&after",
                "/api/v1/sessions?x=1&x=2",
            })
    void aRepeatedParameterIsRejectedByName(String path) {
        String name =
                path.replaceFirst(".*\\?(.*[&])*", "").replaceFirst("=.*", "").replace("%6C", "l");
        client.get(path).send().isMalformed("\"" + name + "\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"text/html", "text/plain", "application/xml", "image/*", "garbage", "text/html, text/plain"})
    void clientsThatDoNotAcceptJsonGet406(String accept) {
        isRefused(client.get("/api/v1/topics").header("Accept", accept).send(), "/api/v1/topics", 406);
        isRefused(client.get("/topics").header("Accept", accept).send(), "/topics", 406);
        isRefused(client.get("/health").header("Accept", accept).send(), "/health", 406);
        isRefused(
                client.post("/api/v1/sessions").header("Accept", accept).json(object("offer", "x")),
                "/api/v1/sessions",
                406);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json;q=0 | 406",
                "text/event-stream;q=0 | 406",
                "application/json;Q=0.000, text/event-stream; q=0 | 406",
                "text/event-stream;q=0, */* | 200",
                "text/event-stream;q=0, application/json;q=0.1 | 200",
                "'' | 200",
                "' ' | 200",
                "', text/event-stream;q=0' | 406",
            })
    void typesWithTheWeight0AreNotAccepted(String accept, int status) {
        HttpSession session = HttpSession.opened(client);
        for (String path : List.of(session.path(), session.path() + "/events", "/api/v1/sessions?topic=x", "/topics")) {
            HttpReply reply =
                    client.call("HEAD", path).header("Accept", accept).send().is(status); // a stream has no end
            assertThat(reply.mediaType()).isNotEqualTo("text/event-stream");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/html;q=0 | application/json | 200",
                "application/json | text/html;q=0 | 200",
                "text/html | application/json;q=0 | 406",
                "'' | text/html | 406",
            })
    void typesMayBeOnTwoLines(String first, String second, int status) {
        for (String path : List.of("/api/v1/topics", "/topics")) {
            client.get(path)
                    .header("Accept", first)
                    .header("Accept", second)
                    .send()
                    .is(status);
        }
    }

    /** If a path has two representations, the framework rejects the request only when a reply is ready. */
    @Test
    void aRefusalHasNoHeadersOfTheIntendedReply() {
        String events = HttpSession.opened(client).path() + "/events";
        HttpReply refused =
                client.get(events).header("Accept", "application/xml").send();

        isRefused(refused, events, 406);
        assertThat(refused.headers().allValues("Cache-Control")).containsExactly("no-store");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*/*",
                "application/*",
                "application/json",
                "application/json;q=0.5",
                "text/html, */*;q=0.1",
                "application/json;charset=utf-8",
            })
    void clientsThatAcceptJsonGetJson(String accept) {
        for (String path : List.of("/api/v1/topics", "/topics", "/health")) {
            HttpReply reply = client.get(path).header("Accept", accept).send().is(200);
            assertThat(reply.mediaType()).isEqualTo("application/json");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "text/json",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "application/xml",
                "application/problem+json",
                "application/octet-stream",
                "garbage",
                "a/b/c",
                "/",
                ";",
            })
    void otherMediaTypesAreRejected(String type) {
        for (String path : List.of("/api/v1/sessions", "/api/v1/events", "/t/offer")) {
            HttpReply refused = client.post(path)
                    .header("Content-Type", type)
                    .send(BodyPublishers.ofString("{\"offer\":\"x\",\"peerId\":\"p\"}"));
            isRefused(refused, path, 415);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "json", "text/plain"})
    void twoMediaTypesAreRejected(String second) {
        for (String path : List.of("/api/v1/sessions", "/api/v1/events", "/t/offer")) {
            HttpReply refused = client.post(path)
                    .header("Content-Type", "application/json")
                    .header("Content-Type", second)
                    .send(BodyPublishers.ofString("{}"));
            isRefused(refused, path, 415);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "text/plain", "garbage", "a/b/c", "/", ";"})
    void theTypeOfAnAbsentBodyIsIgnored(String type) {
        HttpSession opened = HttpSession.opened(client);
        String session = opened.path();
        for (String path : List.of(session, session + "/events", "/api/v1/topics", "/topics", "/")) {
            client.get(path).header("Content-Type", type).send().is(200);
        }
        client.call("DELETE", session)
                .header("Content-Type", type)
                .token(opened.offererToken())
                .send()
                .is(204);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/json", "application/json;charset=UTF-8", "Application/JSON", "application/json; a=b"
            })
    void jsonMediaTypesAreAccepted(String type) {
        client.post("/api/v1/sessions")
                .header("Content-Type", type)
                .send(BodyPublishers.ofString("{\"offer\":\"x\"}"))
                .is(201);
    }

    @Test
    void aBodyWithoutMediaTypeIsReadAsJson() {
        client.post("/api/v1/sessions")
                .send(BodyPublishers.ofString("{\"offer\":\"x\"}"))
                .is(201);
        client.post("/t/offer")
                .send(BodyPublishers.ofString("{\"offer\":\"x\",\"peerId\":\"p\"}"))
                .is(200);
        for (String path : List.of("/api/v1/sessions", "/api/v1/events")) {
            client.post(path)
                    .header("Content-Type", "")
                    .send(BodyPublishers.ofString("{}"))
                    .isMalformed("missing");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br", "deflate", "identity, gzip", "GZIP", "x"})
    void anEncodedBodyIsRejectedWithAcceptEncoding(String coding) {
        for (String path : List.of("/api/v1/sessions", "/t/offer", "/poll", "/api/v1/sessions/x/candidates")) {
            HttpReply refused =
                    client.post(path).header("Content-Encoding", coding).json("{\"offer\":\"x\",\"peerId\":\"p\"}");
            isRefused(refused, path, 415);
            assertThat(refused.header("Accept-Encoding")).isEqualTo("identity");
        }
        assertThat(client.get("/api/v1/sessions").send().at("/items")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "Identity", "", "identity, identity"})
    void identityEncodingIsAccepted(String coding) {
        client.post("/api/v1/sessions")
                .header("Content-Encoding", coding)
                .json(object("offer", "x"))
                .is(201);
        client.get("/topics").header("Content-Encoding", "gzip").send().is(200);
    }

    @Test
    void aBodyIsRequired() {
        client.post("/api/v1/sessions").send().isMalformed("empty");
        client.post("/poll").send().isError(400);
    }

    @Test
    void headRepliesHaveNoBody() {
        for (String path : List.of("/health", "/", "/topics", "/t/sessions", "/api/v1/topics", "/api/v1/sessions")) {
            HttpReply head = client.call("HEAD", path).send().is(200);
            assertThat(head.body()).isEmpty();
            assertThat(head.mediaType()).isEqualTo("application/json");
        }
        assertThat(client.call("HEAD", "/poll").send().is(405).body()).isEmpty();
        assertThat(client.call("HEAD", "/nothing").send().is(404).body()).isEmpty();
        assertThat(client.call("HEAD", "/api/v1/sessions/x").send().is(404).body())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%zz",
                "%",
                "%4",
                "%ff",
                "%c0%af",
                "%ed%a0%80",
                "a|b",
                "a\\b",
                "a^b",
                "a`b",
                "{x}",
                "<x>",
                "a\"b",
                "caf\u00e9",
            })
    void invalidTargetsAreRejectedInTheFormOfTheirApi(String segment) throws IOException {
        for (String path : List.of(
                "/api/v1/sessions/" + segment,
                "/api/v1/topics?prefix=" + segment,
                "/" + segment + "/sessions",
                "/topics?page=" + segment)) {
            HttpReply refused = RawConnection.exchange("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .orElseThrow();
            isRefused(refused, path, 400);
        }
    }

    @Test
    void invalidTargetsGetCorsHeaders() throws IOException {
        HttpReply refused = RawConnection.exchange(
                        "GET /%zz HTTP/1.1\r\nHost: localhost\r\nOrigin: https://a.example\r\n\r\n")
                .orElseThrow();

        assertThat(refused.header("Access-Control-Allow-Origin")).isEqualTo("*");
    }

    @Test
    void aRequestWithoutHostIsRejected() throws IOException {
        isRefused(RawConnection.exchange("GET /health HTTP/1.1\r\n\r\n").orElseThrow(), "/health", 400);
        isRefused(RawConnection.exchange("GET /api/v1/topics HTTP/1.1\r\n\r\n").orElseThrow(), "/api/v1/topics", 400);
        RawConnection.exchange("GET /health HTTP/1.0\r\n\r\n").orElseThrow().is(200);
    }

    @Test
    void aRequestWithTwoHostsIsRejected() throws IOException {
        for (String path : List.of("/health", "/api/v1/topics")) {
            isRefused(
                    RawConnection.exchange("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n")
                            .orElseThrow(),
                    path,
                    400);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/3.0", "HTTP/2.0", "HTTP/0.9", "HTTP/10.1", "HTTP/1.2"})
    void otherVersionsGet505(String version) throws IOException {
        for (String path : List.of("/health", "/api/v1/topics")) {
            try (var connection = new RawConnection()) {
                connection.send("GET " + path + " " + version + "\r\nHost: localhost\r\n\r\n");
                assertThat(connection.line()).isEqualTo("HTTP/1.1 505 HTTP Version Not Supported");
            }
        }
    }

    @Test
    void theServiceAsAWholeIsATargetOfOptionsOnly() throws IOException {
        HttpReply reply = RawConnection.exchange("OPTIONS * HTTP/1.1\r\nHost: x\r\nOrigin: https://a.example\r\n\r\n")
                .orElseThrow()
                .is(204);
        assertThat(reply.header("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(reply.header("x-d1-bookmark")).isNotBlank();
        isRefused(
                RawConnection.exchange("GET * HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        .orElseThrow(),
                "/",
                404);
        for (String hosts : List.of("", "Host: x\r\nHost: y\r\n")) {
            isRefused(
                    RawConnection.exchange("OPTIONS * HTTP/1.1\r\n" + hosts + "\r\n")
                            .orElseThrow(),
                    "/",
                    400);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /health HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /api/v1/topics HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /api/v1/ice-servers HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /parley.js HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /parley.js HTTP/1.1\r\nHost: x\r\nIf-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n",
                "GET /q/openapi HTTP/1.1\r\nHost: x\r\n\r\n",
                "HEAD /health HTTP/1.1\r\nHost: x\r\n\r\n",
                "OPTIONS /health HTTP/1.1\r\nHost: x\r\n\r\n",
                "OPTIONS /x HTTP/1.1\r\nHost: x\r\nOrigin: https://a.example\r\nAccess-Control-Request-Method: PUT\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
                "POST /poll HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n{",
                "POST /poll HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n",
                "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /health HTTP/1.1\r\n\r\n",
                "GET /health HTTP/3.0\r\nHost: x\r\n\r\n",
                "GARBAGE\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nNo colon\r\n\r\n",
            })
    void eachReplyHasADate(String request) throws IOException {
        HttpReply reply = RawConnection.exchange(request).orElseThrow();

        assertThat(reply.headers().allValues("Date")).singleElement().satisfies(date -> {
            assertThat(date).matches("[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT");
            assertThat(Duration.between(
                                    ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                                            .toInstant(),
                                    clock.instant())
                            .abs())
                    .isLessThan(Duration.ofMinutes(5));
        });
    }

    @Test
    void aNotModifiedReplyHasNoLengthAndNoBody() throws IOException {
        HttpSession session = HttpSession.opened(client);
        String tag = session.read().header("ETag");
        String read = "GET " + session.path() + " HTTP/1.1\r\nHost: x\r\nOrigin: " + client.origin()
                + "\r\nIf-None-Match: " + tag + "\r\n";
        for (String request : List.of(
                read + "\r\n",
                read + "Prefer: wait=1\r\n\r\n",
                read.replaceFirst("GET", "HEAD") + "\r\n",
                "GET /parley.js HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\n\r\n")) {
            HttpReply reply = RawConnection.exchange(request).orElseThrow().is(304);
            assertThat(reply.body()).isEmpty();
            assertThat(reply.hasHeader("Content-Length")).as(request).isFalse();
            assertThat(reply.hasHeader("Transfer-Encoding")).as(request).isFalse();
        }
    }

    /** A body without a length can be rejected only while it is read; bytes beyond the limit are not stored. */
    @Test
    void aTooLongChunkedBodyIsRejectedAndTheConnectionCloses() throws IOException {
        String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
        for (String path : List.of("/api/v1/sessions", "/poll")) {
            try (var connection = new RawConnection()) {
                connection.send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n");
                for (int i = 0; i < 40; i++) {
                    connection.send(chunk);
                }
                HttpReply refused = connection.receive().orElseThrow();
                isRefused(refused, path, 413);
                assertThat(refused.header("Connection")).isEqualTo("close");
                assertThat(connection.ends()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"262145", "300000", "10000000", "99999999999999", "9223372036854775807"})
    void aTooLargeContentLengthIsRejectedAtOnce(String length) throws IOException {
        for (String path : List.of("/api/v1/sessions", "/poll")) {
            String head = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
            for (String expect : List.of("", "Expect: 100-continue\r\n")) {
                try (var connection = new RawConnection()) {
                    HttpReply refused = connection
                            .send(head + expect + "Content-Length: " + length + "\r\n\r\n{\"offer\":")
                            .receive()
                            .orElseThrow();
                    isRefused(refused, path, 413);
                    assertThat(refused.header("Connection")).isEqualTo("close");
                }
            }
        }
    }

    @Test
    void aClientThatKeepsSendingReceivesTheRefusal() throws IOException {
        try (var connection = new RawConnection()) {
            connection.send("POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000000\r\n\r\n");
            for (int i = 0; i < 300; i++) {
                connection.send("x".repeat(10_000));
            }
            isRefused(connection.receive().orElseThrow(), "/api/v1/sessions", 413);
            assertThat(connection.ends()).isTrue();
        }
    }

    @Test
    void aConnectionServesSeveralRequests() throws IOException {
        try (var connection = new RawConnection()) {
            for (int i = 0; i < 3; i++) {
                connection
                        .send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        .receive()
                        .orElseThrow()
                        .is(200);
                connection
                        .send("POST /poll HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n{")
                        .receive()
                        .orElseThrow()
                        .isError(400);
            }
        }
    }

    @Test
    void aSemicolonIsAnOrdinaryCharacter() {
        client.post("/a;b=c/offer").json(object("peerId", "p", "offer", "o")).is(200);

        assertThat(client.get("/topics").send().textAt("/topics/0/topic")).isEqualTo("a;b=c");
        assertThat(client.get("/a;b=c/sessions").send().at("/sessions")).hasSize(1);
        assertThat(client.get("/a%3Bb%3Dc/sessions").send().at("/sessions")).hasSize(1);
        assertThat(client.get("/a/sessions").send().at("/sessions")).isEmpty();
        assertThat(client.get("/api/v1/sessions?topic=a;b=c").send().at("/items"))
                .hasSize(1);
        isRefused(client.get("/topics;x=1").send(), "/topics", 404);
    }

    /** Rejected with that status, in the form of the API to which the path belongs. */
    private static void isRefused(HttpReply reply, String path, int status) {
        if (path.startsWith("/api/v1/") || path.equals("/api/v1")) {
            reply.isProblem(status, status == 413 ? "body-too-large" : "blank");
        } else {
            reply.isError(status);
        }
    }
}
