package dev.parley.http;

import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.contract.SqliteProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** In HTTP/2 a refusal ends its own stream; the other streams of the connection continue. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
@SuppressWarnings("NullAway.Init") // the framework and each test's beginning fill the fields
class Http2Test {
    private static final int TOO_LARGE = 400_000;
    private static final long NO_ERROR = 0;
    private static final Duration REPLY_MAX = Duration.ofMinutes(2);

    /** RFC 9113, section 8.2.2. */
    private static final List<String> OF_CONNECTIONS =
            List.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");

    @Inject
    Vertx vertx;

    private final HttpSession session = HttpSession.opened();
    private final Queue<String> streamed = new ConcurrentLinkedQueue<>();
    private HttpClient http;
    private HttpConnection connection;

    /** Opens one connection with an event stream. */
    @BeforeEach
    void openStream() {
        http = vertx.createHttpClient(new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setHttp2MaxPoolSize(1)
                .setDefaultHost(TestClient.service().getHost())
                .setDefaultPort(TestClient.service().getPort()));
        HttpClientRequest events =
                request(HttpMethod.GET, session.path() + "/events").putHeader("Accept", "text/event-stream");
        connection = events.connection();
        // Before the request is sent: without a handler, what arrives is dropped.
        Future<Integer> status = events.response().map(stream -> {
            stream.exceptionHandler(lost -> streamed.add(lost.toString()));
            stream.handler(part -> streamed.add(part.toString()));
            return stream.statusCode();
        });
        events.end();
        assertThat(done(status)).isEqualTo(200);
        await().atMost(REPLY_MAX).until(() -> String.join("", streamed).contains("\"type\":\"offer\""));
    }

    @AfterEach
    void close() {
        done(http.close());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTooLargeBodyIsRejectedOnItsStreamOnly(boolean announced) {
        for (String path : List.of("/api/v1/sessions", "/t/offer")) {
            HttpClientRequest request = request(HttpMethod.POST, path).putHeader("Content-Type", "application/json");
            if (announced) {
                request.putHeader("Content-Length", Integer.toString(TOO_LARGE));
            } else {
                request.setChunked(true);
            }
            Received refused = send(request, Buffer.buffer("x".repeat(TOO_LARGE)));

            assertThat(refused.status).isEqualTo(413);
            assertThat(refused.headers.names()).doesNotContainAnyElementsOf(OF_CONNECTIONS);
            assertThat(refused.body).contains("at most 262144 bytes");
        }
        otherStreamsContinue();
    }

    /** RFC 9113, section 8.1. */
    @Test
    void aClientThatKeepsSendingGetsAStreamResetWithoutError() throws Exception {
        HttpClientRequest request = request(HttpMethod.POST, "/api/v1/sessions")
                .putHeader("Content-Type", "application/json")
                .putHeader("Content-Length", "3000000");
        var reset = new CompletableFuture<Throwable>();
        request.exceptionHandler(reset::complete);
        request.write("x".repeat(100_000));

        assertThat(done(read(request.response())).status).isEqualTo(413);
        assertThat(reset.get(REPLY_MAX.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        StreamResetException.class,
                        end -> assertThat(end.getCode()).isEqualTo(NO_ERROR));
        otherStreamsContinue();
    }

    @ParameterizedTest
    @CsvSource({
        "GET,     /health,                 200",
        "GET,     /parley.js,              200",
        "GET,     /api/v1/topics,          200",
        "GET,     /api/v1/topics?limit=x,  400",
        "GET,     /%zz,                    400",
        "GET,     /api/v1/nothing,         404",
        "POST,    /health,                 405",
        "POST,    /nothing,                404",
        "POST,    /poll,                   400",
        "OPTIONS, /poll,                   204",
        "OPTIONS, *,                       204",
        "HEAD,    /health,                 200",
    })
    void repliesHaveADateAndNoConnectionHeader(String method, String path, int status) {
        HttpClientResponse reply =
                done(request(HttpMethod.valueOf(method), path).send());

        assertThat(reply.statusCode()).isEqualTo(status);
        assertThat(reply.headers().names()).doesNotContain("connection", "keep-alive", "transfer-encoding");
        assertThat(reply.headers().getAll("date")).hasSize(1);
        done(reply.body());
        otherStreamsContinue();
    }

    @Test
    void aNotModifiedReplyHasNoLength() {
        Received reply = send(
                request(HttpMethod.GET, session.path())
                        .putHeader("If-None-Match", session.read().header("ETag")),
                Buffer.buffer());

        assertThat(reply.status).isEqualTo(304);
        assertThat(reply.headers.contains("content-length")).isFalse();
        assertThat(reply.body).isEmpty();
        otherStreamsContinue();
    }

    private void otherStreamsContinue() {
        session.trickle(session.offererToken(), object("candidates", List.of("still-there")))
                .is(201);
        await().atMost(REPLY_MAX).until(() -> String.join("", streamed).contains("still-there"));
        HttpClientRequest next = request(HttpMethod.GET, "/health");
        assertThat(next.connection()).isSameAs(connection);
        assertThat(send(next, Buffer.buffer()).status).isEqualTo(200);
    }

    private HttpClientRequest request(HttpMethod method, String path) {
        return done(http.request(method, path))
                .putHeader("Origin", session.client().origin());
    }

    private static Received send(HttpClientRequest request, Buffer body) {
        Future<Received> reply = read(request.response());
        request.send(body);
        return done(reply);
    }

    /** To be called before the request is complete: what arrives before the handler is set is lost. */
    private static Future<Received> read(Future<HttpClientResponse> reply) {
        return reply.compose(
                head -> head.body().map(body -> new Received(head.statusCode(), head.headers(), body.toString())));
    }

    private static <T> T done(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(REPLY_MAX.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private record Received(int status, MultiMap headers, String body) {}
}
