package dev.parley.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.TestSeed;
import dev.parley.contract.SqliteProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The reply to any request is a refusal in the form of its API, or a success; never a 500, an internal message or none. Requests are
 * generated from a seed, which is printed.
 */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class BadInputTest {
    private static final int REQUESTS = 1500;

    private static final List<String> METHODS = List.of(
            "GET",
            "GET",
            "POST",
            "POST",
            "POST",
            "PUT",
            "PATCH",
            "DELETE",
            "HEAD",
            "OPTIONS",
            "TRACE",
            "FOO",
            "get",
            "PROPFIND",
            "X-" + "Y".repeat(60));

    private static final List<String> PATHS = List.of(
            "/api/v1/sessions",
            "/api/v1/sessions/#",
            "/api/v1/sessions/#/answer",
            "/api/v1/sessions/#/candidates",
            "/api/v1/sessions/#/offer",
            "/api/v1/sessions/#/events",
            "/api/v1/topics",
            "/api/v1/#",
            "/api/#",
            "/",
            "/topics",
            "/#/sessions",
            "/#/offer",
            "/answer",
            "/poll",
            "/health",
            "/#",
            "/#/#/#",
            "/q/#");

    private static final List<String> SEGMENTS = List.of(
            "x",
            "%zz",
            "%",
            "%0",
            "%00",
            "%0a%0d",
            "..",
            ".",
            "%2e%2e",
            "%2F",
            "%5C",
            "a%20b",
            "a+b",
            "%ff",
            "%c0%ae",
            "\u00e9",
            "%F0%9F%98%80",
            ";",
            ";a=b;c",
            "a|b",
            "<script>",
            "'--",
            "${x}",
            "$%7Bjndi:x%7D",
            "-1",
            "0",
            "99999999999999999999999999",
            "1e999",
            "NaN",
            "null",
            "undefined",
            "*",
            "~",
            "[",
            "x".repeat(3000),
            "%41".repeat(900),
            "../../../../etc/passwd",
            "..%2f..%2fetc%2fpasswd",
            "\\..\\",
            "a:b",
            "@",
            "",
            "/",
            "api",
            "v1");

    private static final List<String> QUERIES = List.of(
            "",
            "",
            "",
            "?",
            "?&",
            "?=",
            "?limit=#",
            "?after=#",
            "?cursor=#",
            "?page=#",
            "?topic=#",
            "?tag=#",
            "?prefix=#",
            "?limit=#&limit=#",
            "?#=#",
            "?" + "a=b&".repeat(500),
            "?limit",
            "?after=%",
            "?limit=1;after=#");

    private static final List<String> HEADERS = List.of(
            "Session-Token: #",
            "Session-Token: short",
            "If-Match: #",
            "If-None-Match: #",
            "x-d1-bookmark: #",
            "Origin: #",
            "Accept: #",
            "Accept: text/html",
            "Sec-Fetch-Site: #",
            "Prefer: wait=#",
            "Last-Event-ID: #",
            "Authorization: Basic #",
            "Cookie: a=#",
            "Expect: #",
            "Range: bytes=0-1",
            "Connection: Upgrade",
            "TE: trailers",
            "Content-Encoding: gzip",
            "Content-Language: #",
            "X-Forwarded-For: #",
            "X-HTTP-Method-Override: DELETE",
            "X-Long: " + "x".repeat(9000),
            "Content-Type: #",
            "Access-Control-Request-Method: #",
            "Host: #",
            "Session-Token: " + "x".repeat(300),
            "If-None-Match: " + "\"a\",".repeat(1500) + "\"b\"",
            "Accept-Encoding: #");

    private static final List<String> TYPES = List.of(
            "application/json",
            "application/json",
            "application/json",
            "application/json; charset=utf-16",
            "text/plain",
            "",
            "garbage",
            "*/*",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "application/json;q=\"");

    private static final List<String> BODIES = List.of(
            "{\"offer\":\"x\",\"topic\":\"t\",\"ttl\":60,\"candidates\":[{\"candidate\":\"c\"}],\"end\":true}",
            "{\"answer\":\"x\",\"generation\":1}",
            "{\"ttl\":60}",
            "{\"candidates\":[\"c\"],\"end\":true}",
            "{\"code\":\"x\",\"side\":\"answerer\",\"answer\":\"x\"}",
            "{\"code\":\"x\",\"side\":\"offerer\"}",
            "{\"peerId\":\"p\",\"offer\":\"o\"}",
            "",
            "null",
            "[]",
            "\"x\"",
            "1e400",
            "{",
            "}",
            "{\"a\":",
            "[".repeat(3000),
            "{\"a\":".repeat(3000),
            "{\"ttl\":" + "9".repeat(2000) + "}",
            "{\"ttl\":1e999999999}",
            "{\"ttl\":-0}",
            "{\"offer\":" + "\"x\\u0000\"" + "}",
            "{\"" + "n".repeat(60_000) + "\":1}",
            "{\"offer\":\"\\ud800\"}",
            "\u0000\u0001\u00ff",
            "{\"offer\":\"x\",\"tags\":[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}",
            "{\"offer\":{\"sdp\":\"x\"}}",
            "<xml/>",
            "a=b&c=d");

    private final Random random = TestSeed.of(BadInputTest.class).random();

    @Test
    void randomRequestsGetWellFormedReplies() throws IOException {
        for (int i = 0; i < REQUESTS; i++) {
            String request = request();
            String what = "request " + i + ": " + shortened(request);
            Optional<HttpReply> reply = RawConnection.exchange(request);
            assertThat(reply).as(what).isPresent();
            assertInForm(what, request, reply.orElseThrow());
        }
        TestClient.ofNewOrigin().get("/health").send().is(200);
    }

    /** The decoder rejects malformed HTTP; it knows no API and replies with the status only. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GARBAGE\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nNo colon\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nBad name: x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nBad\u0001: x\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            })
    void malformedHttpGetsABare400(String request) throws IOException {
        HttpReply refused = RawConnection.exchange(request).orElseThrow();

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.body()).isEmpty();
    }

    @Test
    void aTooLongHeadGetsABareStatus() throws IOException {
        RawConnection.exchange("GET /" + "x".repeat(40_000) + " HTTP/1.1\r\nHost: a\r\n\r\n")
                .orElseThrow()
                .is(414);
        RawConnection.exchange("GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(40_000) + "\r\n\r\n")
                .orElseThrow()
                .is(431);
    }

    @Test
    void anAbortedBodyDoesNotAffectOtherRequests() throws IOException {
        for (String rest :
                List.of("Content-Length: 50\r\n\r\n{\"offer\":", "Transfer-Encoding: chunked\r\n\r\nzz\r\n")) {
            try (var connection = new RawConnection()) {
                connection.send("POST /api/v1/sessions HTTP/1.1\r\nHost: a\r\n" + rest);
            }
        }
        TestClient.ofNewOrigin().get("/health").send().is(200);
    }

    private String request() {
        String body = mangled(pick(BODIES));
        String path = filled(pick(PATHS)) + filled(pick(QUERIES));
        var head = new StringBuilder(pick(METHODS) + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
        String type = pick(TYPES);
        if (!type.isEmpty()) {
            head.append("Content-Type: ").append(type).append("\r\n");
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            String header = filled(pick(HEADERS));
            if (header.length() + head.length() < 18_000) {
                head.append(header).append("\r\n");
            }
        }
        if (random.nextInt(8) == 0) {
            return head + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                    + (body.isEmpty() ? "" : Integer.toHexString(body.length()) + "\r\n" + body + "\r\n") + "0\r\n\r\n";
        }
        return head + "Content-Length: " + body.length() + "\r\nConnection: close\r\n\r\n" + body;
    }

    /** The text with a bad segment in each marked place. */
    private String filled(String text) {
        String filled = text;
        while (filled.contains("#")) {
            filled = filled.replaceFirst("#", Matcher.quoteReplacement(pick(SEGMENTS)));
        }
        return filled;
    }

    /** The bytes of the body in UTF-8; in some requests bytes are changed, duplicated or removed. */
    private String mangled(String body) {
        var bytes = new StringBuilder(new String(body.getBytes(UTF_8), ISO_8859_1));
        int changes = random.nextInt(3) == 0 ? random.nextInt(5) : 0;
        for (int i = 0; i < changes && bytes.length() > 0; i++) {
            int at = random.nextInt(bytes.length());
            switch (random.nextInt(4)) {
                case 0 -> bytes.setCharAt(at, (char) random.nextInt(256));
                case 1 -> bytes.deleteCharAt(at);
                case 2 -> bytes.insert(at, bytes.charAt(at));
                default -> bytes.setLength(at);
            }
        }
        return bytes.toString();
    }

    private String pick(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private static void assertInForm(String what, String request, HttpReply reply) {
        assertThat(reply.status()).as(what).isBetween(200, 499);
        String text = reply.text();
        assertThat(text.toLowerCase(Locale.ROOT))
                .as(what)
                .doesNotContain(
                        "exception", "java.", "io.vertx", "io.netty", "jackson", "quarkus", "sqlite", "stack", "\tat ");
        boolean bare = request.startsWith("HEAD ") || reply.status() == 204 || reply.status() == 304;
        if (bare || reply.status() < 400) {
            return;
        }
        assertThat(text).as(what).startsWith("{");
        JsonNode json = reply.json();
        if (reply.mediaType().equals("application/problem+json")) {
            String normalized = request.split(" ")[1].replace("/./", "/");
            assertThat(normalized).as(what).contains("/api/v1");
            assertThat(json.path("status").intValue()).as(what).isEqualTo(reply.status());
            assertThat(json.path("detail").asText()).as(what).isNotBlank();
            assertThat(json.path("type").asText()).as(what).isNotBlank();
        } else {
            assertThat(reply.mediaType()).as(what).isEqualTo("application/json");
            assertThat(json.size()).as("%s: %s", what, text).isEqualTo(1);
            assertThat(json.path("error").asText()).as(what).isNotBlank();
        }
        assertThat(reply.header("Cache-Control")).as(what).isEqualTo("no-store");
    }

    private static String shortened(String request) {
        String safe = request.replace("\r\n", " | ");
        return safe.length() > 600 ? safe.substring(0, 600) + "…" : safe;
    }
}
