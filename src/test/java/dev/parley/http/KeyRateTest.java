package dev.parley.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.access.Role;
import dev.parley.access.TestIssuer;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Wrong keys count for their address, valid ones for the key. Each test uses its own address. */
@QuarkusTest
@TestProfile(RateProfile.class)
@SuppressWarnings("NullAway.Init") // the container fills the fields
@Tag("integration")
class KeyRateTest {
    @Inject
    TestKeys keys;

    @Test
    void wrongKeysCountForTheirAddress() throws IOException {
        try (var connection = new RawConnection("127.0.2.1")) {
            for (int i = 0; i < RateProfile.PER_ADDRESS; i++) {
                assertThat(ask(connection, "guess-" + i).is(401).header("RateLimit"))
                        .startsWith("\"address\";r=" + (RateProfile.PER_ADDRESS - 1 - i) + ";t=");
            }
            HttpReply refused = ask(connection, "another-guess").isProblem(429, "too-many-requests");
            assertThat(refused.hasHeader("WWW-Authenticate")).isFalse();
            assertThat(refused.hasHeader("Retry-After")).isTrue();
        }
    }

    /** Otherwise the difference would reveal a valid key. */
    @Test
    void beyondTheRateValidAndWrongKeysGetTheSameReply() throws IOException {
        String right = keys.valid("room", Role.PEER);
        try (var connection = new RawConnection("127.0.2.2");
                var elsewhere = new RawConnection("127.0.2.3")) {
            for (int i = 0; i < RateProfile.PER_ADDRESS; i++) {
                ask(connection, "guess-" + i).is(401);
            }
            ask(connection, right).isProblem(429, "too-many-requests");
            ask(elsewhere, right).is(200);
        }
    }

    @Test
    void aKeyHasOneRateForAllAddresses() throws IOException {
        String key = keys.valid("room", Role.PEER);
        String neighbour = keys.valid("room", Role.PEER);
        try (var connection = new RawConnection("127.0.2.4");
                var elsewhere = new RawConnection("127.0.2.5")) {
            for (int left = RateProfile.PER_KEY - 1; left >= 0; left--) {
                HttpReply reply = ask(connection, key).is(200);
                assertThat(reply.headers().allValues("RateLimit-Policy"))
                        .containsExactly("\"address\";q=5;w=60", "\"key\";q=3;w=60");
                assertThat(reply.headers().allValues("RateLimit").get(1)).startsWith("\"key\";r=" + left + ";t=");
            }
            HttpReply refused = ask(elsewhere, key).isProblem(429, "too-many-requests");
            assertThat(refused.textAt("/detail")).startsWith("One key may make 3 requests a minute");
            assertThat(Long.parseLong(refused.header("Retry-After"))).isBetween(1L, 20L);
            ask(elsewhere, neighbour).is(200);
        }
    }

    @Test
    void theTokensOfASubjectShareOneRate() throws IOException {
        var claims = new HashMap<>(TestIssuer.claims("room", "[\"peer\"]"));
        var other = new HashMap<>(claims);
        other.put("sub", "\"another\"");
        try (var connection = new RawConnection("127.0.2.6");
                var elsewhere = new RawConnection("127.0.2.7")) {
            for (int i = 0; i < RateProfile.PER_KEY; i++) {
                ask(connection, token(claims, i)).is(200);
            }
            ask(elsewhere, token(claims, RateProfile.PER_KEY)).isProblem(429, "too-many-requests");
            ask(elsewhere, token(other, 0)).is(200);
        }
    }

    /** Each token differs in its {@code jti}. */
    private static String token(Map<String, String> claims, int number) {
        var its = new HashMap<>(claims);
        its.put("jti", "\"" + number + "\"");
        return TestIssuer.ofApplication().token(its);
    }

    @Test
    void publicPathsDoNotCountForAKey() throws IOException {
        try (var connection = new RawConnection("127.0.2.8")) {
            HttpReply open = connection
                    .send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
                    .receive()
                    .orElseThrow();

            assertThat(open.is(200).headers().allValues("RateLimit-Policy")).containsExactly("\"address\";q=5;w=60");
        }
    }

    @Test
    void eachWatchOfARequestCounts() throws IOException {
        String key = keys.valid("room", Role.PEER);
        try (var connection = new RawConnection("127.0.2.28")) {
            watch(connection, key, RateProfile.PER_KEY + 1).isProblem(422, "out-of-bounds");
            watch(connection, key, RateProfile.PER_KEY).isProblem(429, "too-many-requests");
            watch(connection, key, 1).is(200);
        }
        try (var connection = new RawConnection("127.0.2.29")) {
            String other = keys.valid("room", Role.PEER);
            watch(connection, other, RateProfile.PER_KEY).is(200);
            ask(connection, other).isProblem(429, "too-many-requests");
        }
    }

    private static HttpReply watch(RawConnection connection, String key, int watches) throws IOException {
        String body = IntStream.range(0, watches)
                .mapToObj(i -> "{\"code\":\"none" + i + "\"}")
                .collect(Collectors.joining(",", "{\"watches\":[", "]}"));
        return connection
                .send("POST /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .receive()
                .orElseThrow();
    }

    private static HttpReply ask(RawConnection connection, String key) throws IOException {
        return connection
                .send("GET /api/v1/topics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key + "\r\n\r\n")
                .receive()
                .orElseThrow();
    }
}
