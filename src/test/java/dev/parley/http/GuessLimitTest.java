package dev.parley.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Guessing codes is slowed down and reveals nothing; other clients of the address continue. Each test uses its own address. */
@Tag("integration")
@QuarkusTest
@TestProfile(LimitsProfile.class)
class GuessLimitTest {
    private final HttpSession session = HttpSession.opened();

    @Test
    void newCodesAreRejectedAfterTenMisses() throws IOException {
        try (var guesser = new RawConnection("127.0.2.1")) {
            assertThat(guess(guesser)).isBetween(LimitsProfile.MISSES, LimitsProfile.MISSES + 2);

            HttpReply refused = read(guesser, "one-more").isProblem(429, "too-many-guesses");
            assertThat(Long.parseLong(refused.header("Retry-After"))).isBetween(1L, 6L);
        }
    }

    @Test
    void refusalsDoNotRevealSessions() throws IOException {
        try (var guesser = new RawConnection("127.0.2.2")) {
            guess(guesser);

            HttpReply there = read(guesser, session.code()).isProblem(429, "too-many-guesses");
            HttpReply notThere = read(guesser, "not-there").isProblem(429, "too-many-guesses");
            assertThat(there.text()).isEqualTo(notThere.text());
        }
    }

    @Test
    void sessionsOfTheSameAddressContinue() throws IOException {
        try (var guesser = new RawConnection("127.0.2.3");
                var peer = new RawConnection("127.0.2.3")) {
            read(peer, session.code()).is(200);
            guess(guesser);

            read(peer, session.code()).is(200);
            call(peer, "GET", "/api/v1/sessions/" + session.code() + "/events", "")
                    .is(200);
            call(peer, "PUT", "/api/v1/sessions/" + session.code() + "/answer", "{\"answer\":\"a\"}")
                    .is(201);
            call(peer, "POST", "/poll", poll(session.code())).is(200);
        }
    }

    @Test
    void pollsOfAnEndedSessionStillGet404() throws IOException {
        try (var peer = new RawConnection("127.0.2.4")) {
            for (int i = 0; i < 5 * LimitsProfile.MISSES; i++) {
                read(peer, "expired").is(404);
            }
            guess(peer);
            read(peer, "expired").is(404);
        }
    }

    @Test
    void otherAddressesAreNotAffected() throws IOException {
        try (var guesser = new RawConnection("127.0.2.5");
                var other = new RawConnection("127.0.2.6")) {
            guess(guesser);
            read(other, session.code()).is(200);
        }
    }

    @Test
    void eachEndpointOfBothApisCountsMisses() throws IOException {
        try (var guesser = new RawConnection("127.0.2.7")) {
            String token = "Session-Token: " + HttpSession.newToken() + "\r\n";
            for (int i = 0; i < LimitsProfile.MISSES; ) {
                call(guesser, "PUT", "/api/v1/sessions/w" + i++ + "/answer", "{\"answer\":\"a\"}")
                        .is(404);
                call(guesser, "POST", "/poll", poll("w" + i++)).is(404);
                call(guesser, "POST", "/answer", "{\"side\":\"answerer\",\"answer\":\"a\",\"code\":\"w" + i++ + "\"}")
                        .is(404);
                call(guesser, "DELETE", "/api/v1/sessions/w" + i++, "", token).is(404);
                call(guesser, "GET", "/api/v1/sessions/w" + i++ + "/events", "").is(404);
            }
            assertThat(guess(guesser)).isLessThan(3);
            call(guesser, "PUT", "/api/v1/sessions/x/answer", "{\"answer\":\"a\"}")
                    .is(429);
            call(guesser, "POST", "/poll", poll(session.code())).isError(429);
            call(guesser, "DELETE", "/api/v1/sessions/x", "", token).is(429);
        }
    }

    /** Otherwise such a request would allow lookups of the code. */
    @Test
    void requestsRejectedBeforeTheLookupDoNotMakeACodeKnown() throws IOException {
        try (var guesser = new RawConnection("127.0.2.8")) {
            String path = "/api/v1/sessions/" + session.code();
            call(guesser, "PATCH", path, "{\"ttl\":1}", "Session-Token: " + HttpSession.newToken() + "\r\n")
                    .is(422);
            call(guesser, "DELETE", path, "").is(401);
            call(guesser, "GET", path + "/events?after=x", "").is(400);
            guess(guesser);

            read(guesser, session.code()).is(429);
        }
    }

    /** Guesses codes until a guess is rejected; returns the number of misses. */
    private int guess(RawConnection connection) throws IOException {
        for (int misses = 0; misses < 1_000; misses++) {
            HttpReply reply = read(connection, "guess-" + misses);
            if (reply.status() == 429) {
                return misses;
            }
            reply.is(404);
        }
        throw new AssertionError("Nobody slows guesses down");
    }

    private HttpReply read(RawConnection connection, String code) throws IOException {
        return call(connection, "GET", "/api/v1/sessions/" + code, "");
    }

    private static String poll(String code) {
        return "{\"side\":\"answerer\",\"code\":\"" + code + "\"}";
    }

    private HttpReply call(RawConnection connection, String method, String path, String body) throws IOException {
        return call(connection, method, path, body, "");
    }

    private HttpReply call(RawConnection connection, String method, String path, String body, String header)
            throws IOException {
        return connection
                .send(method + " " + path + " HTTP/1.1\r\nHost: x\r\nOrigin: "
                        + session.client().origin() + "\r\n" + header + "Content-Length: " + body.length() + "\r\n\r\n"
                        + body)
                .receive()
                .orElseThrow();
    }
}
