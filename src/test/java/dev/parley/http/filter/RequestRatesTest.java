package dev.parley.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.http.HttpReply;
import dev.parley.http.RateProfile;
import dev.parley.http.RawConnection;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Requests are limited per client address, which only trusted proxies may forward. Each test uses its own address. */
@Tag("integration")
@QuarkusTest
@TestProfile(RateProfile.class)
public class RequestRatesTest {
    private static final String TOPICS = "GET /api/v1/topics HTTP/1.1\r\nHost: x\r\n";

    /** It needs no key. */
    private static final String HEALTH = "GET /health HTTP/1.1\r\nHost: x\r\n";

    @Test
    void eachReplyReportsTheRateLimit() throws IOException {
        try (var connection = new RawConnection("127.0.1.1")) {
            for (int left = RateProfile.PER_ADDRESS - 1; left >= 0; left--) {
                HttpReply reply = ask(connection, HEALTH).is(200);
                assertThat(reply.header("RateLimit-Policy")).isEqualTo("\"address\";q=5;w=60");
                assertThat(reply.header("RateLimit")).startsWith("\"address\";r=" + left + ";t=");
            }
        }
    }

    @Test
    void beyondTheRateRequestsAreRejectedInTheFormOfTheirApi() throws IOException {
        try (var connection = new RawConnection("127.0.1.2")) {
            useUp(connection);
            HttpReply refused = ask(connection, TOPICS + "Origin: https://a.example\r\n");
            refused.isProblem(429, "too-many-requests");
            assertThat(Long.parseLong(refused.header("Retry-After"))).isBetween(1L, 12L);
            assertThat(refused.header("RateLimit")).startsWith("\"address\";r=0;t=");
            assertThat(refused.header("Access-Control-Allow-Origin")).isEqualTo("*");
            assertThat(refused.header("Access-Control-Expose-Headers")).contains("RateLimit", "Retry-After");
            assertThat(refused.hasHeader("x-d1-bookmark")).isTrue();

            ask(connection, "GET /topics HTTP/1.1\r\nHost: x\r\n").isError(429);
        }
    }

    @Test
    void thePageAtTheRootCountsAsOneRequest() throws IOException {
        try (var connection = new RawConnection("127.0.1.20")) {
            HttpReply page = ask(connection, "GET / HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n")
                    .is(200);
            assertThat(page.header("RateLimit")).startsWith("\"address\";r=" + (RateProfile.PER_ADDRESS - 1) + ";t=");
        }
    }

    @Test
    void theConnectionOfARejectedRequestStaysOpen() throws IOException {
        try (var connection = new RawConnection("127.0.1.3")) {
            useUp(connection);
            String body = "{\"offer\":\"" + "x".repeat(50_000) + "\"}";
            for (int i = 0; i < 3; i++) {
                connection.send("POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length()
                        + "\r\n\r\n" + body);
                connection.receive().orElseThrow().isProblem(429, "too-many-requests");
            }
            ask(connection, TOPICS).is(429);
        }
    }

    @Test
    void otherAddressesHaveTheirOwnRate() throws IOException {
        try (var connection = new RawConnection("127.0.1.4");
                var other = new RawConnection("127.0.1.5")) {
            useUp(connection);
            ask(other, HEALTH).is(200);
        }
    }

    @Test
    void pathSpellingsDoNotBypassTheRate() throws IOException {
        try (var connection = new RawConnection("127.0.1.6")) {
            useUp(connection);
            for (String path : List.of(
                    "/q/../api/v1/topics",
                    "/q/%2e%2e/api/v1/topics",
                    "/q/openapi/../../api/v1/topics",
                    "/q/openapi",
                    "/q/sessions",
                    "/health",
                    "/api/v1/topics;/q/")) {
                ask(connection, "GET " + path + " HTTP/1.1\r\nHost: x\r\n").is(429);
            }
        }
    }

    @Test
    void forgedForwardedAddressesAreIgnored() throws IOException {
        try (var connection = new RawConnection("127.0.1.7")) {
            for (int i = 0; i < RateProfile.PER_ADDRESS; i++) {
                ask(connection, HEALTH + "X-Forwarded-For: 203.0.113." + i + "\r\n")
                        .is(200);
            }
            ask(connection, TOPICS + "X-Forwarded-For: 203.0.113.77\r\nForwarded: for=203.0.113.78\r\n")
                    .is(429);
        }
    }

    @Test
    void clientsBehindATrustedProxyHaveTheirOwnRates() throws IOException {
        try (var proxy = new RawConnection(RateProfile.TRUSTED_PROXY)) {
            for (int i = 0; i < RateProfile.PER_ADDRESS; i++) {
                ask(proxy, HEALTH + "X-Forwarded-For: 6.6.6." + i + ", 203.0.113.1\r\n")
                        .is(200);
            }
            ask(proxy, TOPICS + "X-Forwarded-For: 6.6.6.6, 203.0.113.1\r\n").is(429);
            ask(proxy, HEALTH + "X-Forwarded-For: 203.0.113.2\r\n").is(200);
        }
    }

    private static void useUp(RawConnection connection) throws IOException {
        for (int i = 0; i < RateProfile.PER_ADDRESS; i++) {
            ask(connection, HEALTH).is(200);
        }
    }

    private static HttpReply ask(RawConnection connection, String head) throws IOException {
        return connection.send(head + "\r\n").receive().orElseThrow();
    }
}
