package dev.parley.campaigns.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.parley.CampaignCounts;
import dev.parley.CampaignSize;
import dev.parley.TestSeed;
import dev.parley.http.HttpReply;
import dev.parley.http.OpenApiDocument;
import dev.parley.http.RawConnection;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever is sent to either API, the reply is one that the OpenAPI document has for the call, comes within a second, and is
 * never a 500; an error has the form of its API wherever it comes from.
 *
 * <p>What is no HTTP at all is outside the contract: the decoder refuses it with a bare 400 and the connection ends.
 *
 * <p>{@code -Dparley.fuzz.requests=500000} sends so many instead of {@value #REQUESTS_SMALL}.
 */
@Tag("campaign")
@QuarkusTest
@TestProfile(FuzzProfile.class)
class HttpFuzzTest {
    private static final int REQUESTS_SMALL = 10_000;
    private static final int REQUESTS = CampaignSize.of("parley.fuzz.requests", REQUESTS_SMALL);
    private static final int FINDINGS_MAX = 10;
    private static final Duration REPLY_MAX = Duration.ofSeconds(1);

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
        CampaignCounts.count(REQUESTS, "random requests");
    }

    private void verify(Request request, HttpReply reply) {
        statuses.merge(reply.status(), 1, Integer::sum);
        assertThat(reply.status()).isLessThan(500);
        if (!request.isHttp() && isBare(reply)) {
            notHttp++;
            return;
        }
        if (reply.status() >= 400 && !request.isHead()) {
            verifyError(request, reply);
        }
        // For browsers that ask for it, or have it already.
        boolean page = request.path().equals("/") && (reply.mediaType().equals("text/html") || reply.status() == 304);
        if (!page && !reply.mediaType().equals("text/event-stream")) {
            OpenApiDocument.served().verify(request.method(), request.target(), reply);
        }
        memory.learn(reply);
    }

    /** Also where there is no such call, so that the document has nothing to say. */
    private static void verifyError(Request request, HttpReply reply) {
        boolean climbs =
                request.path().contains(".."); // then which API it is, only the service's own reading of the path tells
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
        return request.path().startsWith("/api/v1/") || request.path().equals("/api/v1");
    }

    /** As the decoder refuses what is no HTTP; the connection ends with it. */
    private static boolean isBare(HttpReply reply) {
        return reply.status() == 400 && reply.body().length == 0;
    }

    private void hangUp(Request request) {
        if (request.isHttp()) {
            fail("The connection ended without a reply");
        }
        notHttp++;
    }

    /** What is replied, or nothing where the service hangs up; a reply that is late must be so again, else the machine was. */
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
        Duration bound = request.mayWait() ? REPLY_MAX.plusSeconds(FuzzProfile.WAIT_MAX_SECONDS) : REPLY_MAX;
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

    /** Whether the next reply on the connection can be told from this one. */
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
