package dev.parley.http;

import static dev.parley.http.HttpSession.newCode;
import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.waiting.WaitRegistry;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The service's own origin as a trusted proxy forwards it decides the namespace of its pages and whether they may call. */
@Tag("integration")
@QuarkusTest
@TestProfile(RestrictedProfile.class)
@SuppressWarnings("NullAway.Init") // the container fills the field
class BehindProxyTest {
    private static final String ORIGIN = "https://parley.example";

    @Inject
    WaitRegistry waits;

    private final String code = newCode();

    /** The headers of several proxies, separated by {@code |}. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: parley.example|X-Forwarded-Proto: https",
                "Host: parley.example:443|X-Forwarded-Proto: https",
                "Host: parley.example:80|X-Forwarded-Proto: https",
                "Host: 10.0.0.7:8080|X-Forwarded-Proto: HTTPS|X-Forwarded-Host: Parley.Example",
                "Host: x|X-Forwarded-Proto: https|X-Forwarded-Host: parley.example:443",
                "Host: x|Forwarded: for=203.0.113.9;proto=https;host=parley.example",
                "Host: x|Forwarded: proto=https;host=\"parley.example:443\"",
                "Host: x|X-Forwarded-For: 203.0.113.9|X-Forwarded-Proto: https|Forwarded: host=parley.example",
                // Several proxies: the outermost trusted one is right, and what it received may be forged.
                "Host: x|Forwarded: for=6.6.6.6;host=evil.example, for=203.0.113.9;proto=https;host=parley.example,"
                        + " for=10.0.0.3;proto=http;host=inner",
                "Host: x|Forwarded: host=evil.example|Forwarded: for=203.0.113.9;proto=https, for=10.0.0.3;host=parley.example",
                "Host: x|X-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.0.0.3|X-Forwarded-Proto: http, https, http"
                        + "|X-Forwarded-Host: evil.example, parley.example, inner",
                "Host: x|X-Forwarded-For: 203.0.113.9, 10.0.0.3|X-Forwarded-Proto: https|X-Forwarded-Host: parley.example",
                "Host: x|X-Forwarded-Host: evil.example|X-Forwarded-Host: parley.example|X-Forwarded-Proto: https",
            })
    void aPageReadsWhatItWrote(String headers) throws IOException {
        assertThat(ask(RestrictedProfile.PROXY, "POST", headers + "|Origin: " + ORIGIN)
                        .status())
                .as("POST")
                .isEqualTo(201);

        for (String fromPage : List.of("Sec-Fetch-Site: same-origin", "Referer: " + ORIGIN + "/page")) {
            assertThat(ask(RestrictedProfile.PROXY, "GET", headers + "|" + fromPage)
                            .status())
                    .as(fromPage)
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: parley.example|X-Forwarded-Proto: gopher",
                "Host: parley.example",
                "Host: x|X-Forwarded-Proto: https|X-Forwarded-Host: a b",
                "Host: x|X-Forwarded-Proto: https|X-Forwarded-Host: joe@parley.example",
                "Host: x|X-Forwarded-Proto: https|X-Forwarded-Host: parley.example/",
                "Host: x|Forwarded: proto=https;host=\"parley.example",
            })
    void aPageOfAnotherOriginIsRejected(String headers) throws IOException {
        assertThat(ask(RestrictedProfile.PROXY, "POST", headers + "|Origin: " + ORIGIN)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void headersOfUntrustedPeersAreIgnored() throws IOException {
        String headers = "Host: x|X-Forwarded-Proto: https|X-Forwarded-Host: parley.example|Origin: " + ORIGIN;

        assertThat(ask("127.0.0.97", "POST", headers).status()).isEqualTo(403);
    }

    @Test
    void aPageWithAWithheldOriginMayCall() throws IOException {
        assertThat(ask(RestrictedProfile.PROXY, "POST", "Host: x|Origin: null|Sec-Fetch-Site: same-origin")
                        .status())
                .isEqualTo(201);
        assertThat(ask(RestrictedProfile.PROXY, "POST", "Host: x|Origin: null|Sec-Fetch-Site: cross-site")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void waitsCountByTheForwardedAddress() throws IOException {
        HttpSession session = HttpSession.opened(TestClient.of("https://a.example"));
        String wait = "GET " + session.path() + "/events?after=1 HTTP/1.1\r\nHost: x\r\nPrefer: wait=20\r\nOrigin: "
                + session.client().origin() + "\r\nX-Forwarded-For: ";
        try (var one = new RawConnection(RestrictedProfile.PROXY);
                var two = new RawConnection(RestrictedProfile.PROXY)) {
            one.send(wait + "203.0.113.3\r\n\r\n");
            await().until(() -> waits.size() == 1);
            two.send(wait + "203.0.113.3\r\n\r\n").receive().orElseThrow().isProblem(429, "too-many-waits");
            two.send(wait + "203.0.113.4\r\n\r\n");
            await().until(() -> waits.size() == 2);
        }
    }

    private HttpReply ask(String from, String method, String headers) throws IOException {
        String body =
                method.equals("GET") ? "" : object("offer", "o", "code", code).toString();
        String path = "/api/v1/sessions" + (method.equals("GET") ? "/" + code : "");
        try (var connection = new RawConnection(from)) {
            return connection
                    .send(method + " " + path + " HTTP/1.1\r\n" + headers.replace("|", "\r\n")
                            + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                            + body)
                    .receive()
                    .orElseThrow();
        }
    }
}
