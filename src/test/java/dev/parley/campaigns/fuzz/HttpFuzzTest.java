package dev.parley.campaigns.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.parley.CampaignSize;
import dev.parley.TestSeed;
import dev.parley.contract.SqliteProfile;
import dev.parley.http.HttpReply;
import dev.parley.http.OpenApiDocument;
import dev.parley.http.RawConnection;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every reply of both APIs is documented in OpenAPI for its call, comes within a second, and is not 500; errors have the format of their
 * API.
 *
 * <p>Bytes that are not HTTP are outside the contract: the decoder rejects them with an empty 400 and closes the connection.
 */
@Tag("campaign")
@QuarkusTest
@TestProfile(SqliteProfile.class)
class HttpFuzzTest {
    private static final int REQUESTS_SMALL = 10_000;
    private static final int REQUESTS = CampaignSize.of("parley.fuzz.requests", REQUESTS_SMALL);
    private static final int FINDINGS_MAX = 10;

    /** Words of internal messages, none of which a request contains. */
    private static final String[] INTERNALS = {
        "exception", "java.", "io.vertx", "io.netty", "jackson", "sqlite", "\tat "
    };

    private static final Duration REPLY_MAX = Duration.ofSeconds(1);

    /** What {@link RequestGenerator} asks for at most. */
    private static final Duration WAIT_MAX = Duration.ofSeconds(1);

    private final ReturnedValues memory = new ReturnedValues();
    private final Map<Integer, Integer> statuses = new TreeMap<>();
    private @Nullable RawConnection connection;
    private final List<String> findings = new ArrayList<>();
    private int notHttp;

    @Test
    void everyReplyIsDocumentedAndNoneIs500() throws IOException {
        var generator = new RequestGenerator(
                OpenApiDocument.served(), TestSeed.of(HttpFuzzTest.class).random());
        long begin = System.nanoTime();
        for (int i = 0; i < REQUESTS && findings.size() < FINDINGS_MAX; i++) {
            Request request = generator.next(memory);
            try {
                exchange(request).ifPresentOrElse(reply -> verify(request, reply), () -> hangUp(request));
            } catch (AssertionError | RuntimeException e) {
                findings.add("Request " + i + ": " + e.getMessage() + "\n" + request.wire());
                disconnect();
            }
            if (!request.isHttp()) {
                disconnect();
            }
        }
        disconnect();
        assertThat(findings).isEmpty();
        if (REQUESTS >= REQUESTS_SMALL) {
            assertThat(statuses.keySet())
                    .as("requests reach far enough")
                    .contains(200, 201, 204, 304, 400, 401, 403, 404, 409, 412, 422);
        }
        System.out.printf(
                "HttpFuzzTest: %d requests in %d s, each with a reply of the contract but %d that were no HTTP; statuses %s%n",
                REQUESTS, Duration.ofNanos(System.nanoTime() - begin).toSeconds(), notHttp, statuses);
    }

    private void verify(Request request, HttpReply reply) {
        statuses.merge(reply.status(), 1, Integer::sum);
        if (!reply.text().contains("urn:parley:problem:unanswered")) {
            assertThat(reply.status()).isLessThan(500);
        }
        assertThat(reply.text().toLowerCase(Locale.ROOT)).doesNotContain(INTERNALS);
        if (!request.isHttp() && isBare(reply)) {
            notHttp++;
            return;
        }
        if (reply.status() >= 400 && !request.isHead()) {
            verifyError(request, reply);
        }
        // the console page, also if the browser has it cached
        boolean page = request.path().equals("/") && (reply.mediaType().equals("text/html") || reply.status() == 304);
        if (!page && !isDotSegment(request) && !reply.mediaType().equals("text/event-stream")) {
            OpenApiDocument.served().verify(request.method(), request.target(), reply);
        }
        memory.learn(reply);
    }

    /** Also for paths that the document does not contain. */
    private static void verifyError(Request request, HttpReply reply) {
        boolean climbs = request.path().contains(".."); // the API then depends on how the service normalizes the path
        if (reply.mediaType().equals("application/problem+json")) {
            assertThat(climbs || isNative(request))
                    .as("a problem of the native API")
                    .isTrue();
            assertThat(reply.json().path("status").intValue()).isEqualTo(reply.status());
            assertThat(reply.json().path("type").textValue()).isNotBlank();
            assertThat(reply.json().path("title").textValue()).isNotBlank();
        } else {
            assertThat(climbs || !isNative(request))
                    .as("an error of the compatible API")
                    .isTrue();
            assertThat(reply.mediaType()).isEqualTo("application/json");
            assertThat(reply.json().path("error").textValue()).isNotBlank();
        }
    }

    private static boolean isNative(Request request) {
        return request.path().startsWith("/api/v1/")
                || request.path().equals("/api/v1")
                || request.path().matches("/wh[ie]p/(?!(offer|sessions)$).*");
    }

    /** A dot segment is no topic, so none of the documented operations has this path. */
    private static boolean isDotSegment(Request request) {
        return request.path().matches("/wh[ie]p/\\.{1,2}");
    }

    /** The reply of the decoder to bytes that are not HTTP. */
    private static boolean isBare(HttpReply reply) {
        return reply.status() == 400 && reply.body().length == 0;
    }

    private void hangUp(Request request) {
        if (request.isHttp()) {
            fail("The connection ended without a reply");
        }
        notHttp++;
    }

    /** The reply, or nothing if the service closes the connection. A late reply is requested again, because the machine may have been busy. */
    private Optional<HttpReply> exchange(Request request) throws IOException {
        long begin = System.nanoTime();
        Optional<HttpReply> reply = exchangeOnce(request);
        if (isLate(request, begin)) {
            begin = System.nanoTime();
            reply = exchangeOnce(request);
            if (isLate(request, begin)) {
                fail("It took more than a second, twice");
            }
        }
        return reply;
    }

    private static boolean isLate(Request request, long begin) {
        Duration bound = request.mayWait() ? REPLY_MAX.plus(WAIT_MAX) : REPLY_MAX;
        return System.nanoTime() - begin > bound.toNanos();
    }

    private Optional<HttpReply> exchangeOnce(Request request) throws IOException {
        if (connection == null) {
            connection = new RawConnection();
        }
        Optional<HttpReply> reply = connection.send(request.wire()).receive(request.isHead());
        boolean goesOn = reply.map(HttpFuzzTest::hasPlainEnd).orElse(false);
        if (!goesOn) {
            disconnect();
        }
        return reply;
    }

    /** Whether the connection can be reused. */
    private static boolean hasPlainEnd(HttpReply reply) {
        boolean stream = reply.mediaType().equals("text/event-stream");
        return !stream && reply.headers().firstValue("Connection").isEmpty();
    }

    private void disconnect() throws IOException {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }
}
