package dev.parley.http.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.contract.SqliteProfile;
import dev.parley.http.HttpReply;
import dev.parley.http.RawConnection;
import dev.parley.http.TestClient;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The opening handshake (RFC 6455, section 4.2): requests that do not open a channel get a problem. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
@SuppressWarnings("NullAway.Init") // the container fills the field
class ChannelHandshakeTest {
    private static final String UPGRADE = """
            GET /api/v1/channel HTTP/1.1
            Host: x
            Connection: keep-alive, Upgrade
            Upgrade: websocket
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Protocol: other, parley.v1
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

            """.replace("\n", "\r\n");

    @Inject
    Vertx vertx;

    @Test
    void theUpgradeSelectsTheProtocol() throws IOException {
        HttpReply upgraded = send(UPGRADE).is(101);

        assertThat(upgraded.header("Sec-WebSocket-Accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assertThat(upgraded.header("Sec-WebSocket-Protocol")).isEqualTo("parley.v1");
        assertThat(upgraded.hasHeader("Sec-WebSocket-Extensions")).isFalse();
        assertThat(upgraded.hasHeader("Date")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "Upgrade: websocket, X: y, 426",
        "'keep-alive, Upgrade', keep-alive, 426",
        "Version: 13, Version: 8, 426",
        "'other, parley.v1', other, 400",
        "parley.v1, Parley.v1, 400",
        "dGhlIHNhbXBsZSBub25jZQ==, short, 400",
        "GET, POST, 405",
        "channel, channel/, 404",
    })
    void anythingElseGetsAProblem(String part, String replacement, int status) throws IOException {
        HttpReply refused = send(UPGRADE.replace(part, replacement)).isProblem(status, "blank");

        assertThat(refused.headers().firstValue("Upgrade").isPresent()).isEqualTo(status == 426);
    }

    private static HttpReply send(String request) throws IOException {
        try (var connection = new RawConnection()) {
            HttpReply head =
                    connection.send(request).receive(request.equals(UPGRADE)).orElseThrow();
            return head;
        }
    }

    @Test
    void overHttp2ThereIsNoUpgrade() throws Exception {
        URI service = TestClient.service();
        var http = vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
        try {
            HttpClientResponse response = http.request(
                            HttpMethod.GET, service.getPort(), service.getHost(), "/api/v1/channel")
                    .compose(request -> request.send())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(2, TimeUnit.MINUTES);
            assertThat(response.statusCode()).isEqualTo(501);
        } finally {
            http.close();
        }
    }
}
