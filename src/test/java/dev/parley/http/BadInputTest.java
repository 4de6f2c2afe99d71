package dev.parley.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.contract.SqliteProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Input that is not HTTP. Random requests that are HTTP are in {@link dev.parley.campaigns.fuzz}. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class BadInputTest {
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
}
