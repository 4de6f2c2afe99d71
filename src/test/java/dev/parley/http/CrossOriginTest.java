package dev.parley.http;

import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.contract.SqliteProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** By default pages of all origins may call, send each header of the contract and read each header of the contract. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class CrossOriginTest {
    private static final List<String> SENT = List.of(
            "authorization",
            "baggage",
            "cache-control",
            "content-type",
            "if-match",
            "if-none-match",
            "last-event-id",
            "parley-namespace",
            "prefer",
            "session-token",
            "traceparent",
            "tracestate",
            "x-d1-bookmark");
    private static final List<String> SEEN = List.of(
            "accept-post",
            "content-location",
            "date",
            "etag",
            "link",
            "location",
            "preference-applied",
            "ratelimit",
            "ratelimit-policy",
            "retry-after",
            "www-authenticate",
            "x-bookmark-status",
            "x-d1-bookmark",
            "x-served-by",
            "x-served-by-primary",
            "x-served-by-region");

    private final TestClient page = TestClient.ofNewOrigin();

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
    void preflightsAllowEachMethod(String method) {
        for (String path : List.of("/api/v1/sessions", "/api/v1/sessions/x/answer", "/poll", "/t/offer", "/health")) {
            HttpReply preflight = page.call("OPTIONS", path)
                    .header("Access-Control-Request-Method", method)
                    .header("Access-Control-Request-Headers", String.join(",", SENT))
                    .send()
                    .is(204);

            assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo("*");
            assertThat(list(preflight, "Access-Control-Allow-Methods")).contains(method.toLowerCase(Locale.ROOT));
            assertThat(list(preflight, "Access-Control-Allow-Headers")).containsExactlyInAnyOrderElementsOf(SENT);
            assertThat(preflight.header("Access-Control-Max-Age")).isEqualTo("86400");
            assertThat(preflight.hasHeader("Access-Control-Allow-Credentials")).isFalse();
        }
    }

    @Test
    void preflightsDoNotAllowOtherMethodsAndHeaders() {
        HttpReply preflight = page.call("OPTIONS", "/api/v1/sessions")
                .header("Access-Control-Request-Method", "TRACE")
                .header("Access-Control-Request-Headers", "cookie,x-evil")
                .send()
                .is(204);

        assertThat(list(preflight, "Access-Control-Allow-Methods")).doesNotContain("trace", "connect", "*");
        assertThat(list(preflight, "Access-Control-Allow-Headers")).doesNotContain("cookie", "x-evil", "*");
    }

    @Test
    void eachReplyExposesItsHeaders() {
        HttpSession session = HttpSession.opened(page);
        List<HttpReply> replies = List.of(
                session.read(),
                session.answer(),
                page.post("/api/v1/sessions").json("{"),
                page.get(session.path() + "x").send(),
                page.get("/nothing").send(),
                page.get("/health").send(),
                page.post("/poll").json(object("code", "none", "side", "offerer")),
                page.call("PUT", "/poll").send(),
                page.post("/api/v1/sessions")
                        .header("Content-Type", "text/plain")
                        .send());
        for (HttpReply reply : replies) {
            assertThat(reply.header("Access-Control-Allow-Origin")).isEqualTo("*");
            assertThat(list(reply, "Access-Control-Expose-Headers")).containsExactlyInAnyOrderElementsOf(SEEN);
            assertThat(reply.hasHeader("Access-Control-Allow-Credentials")).isFalse();
        }
    }

    @Test
    void requestsWithoutOriginGetNoCorsHeaders() {
        HttpReply reply = TestClient.withoutOrigin().get("/health").send().is(200);

        assertThat(reply.headers().map().keySet())
                .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "https://a.example", "chrome-extension://abcdef", "file://", "x, y"})
    void eachOriginMayCall(String origin) {
        TestClient client = TestClient.of(origin);

        client.get("/health").send().is(200);
        client.call("OPTIONS", "/api/v1/sessions")
                .header("Access-Control-Request-Method", "POST")
                .send()
                .is(204);
        assertThat(client.call("HEAD", "/health").send().is(200).header("Access-Control-Allow-Origin"))
                .isEqualTo("*");
    }

    private static List<String> list(HttpReply reply, String header) {
        return List.of(reply.header(header).toLowerCase(Locale.ROOT).split(",\\s*"));
    }
}
