package dev.parley.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.parley.Seed;
import dev.parley.http.OpenApiDocument;
import dev.parley.http.RawConnection;
import dev.parley.http.Reply;
import dev.parley.signaling.SqliteProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Whatever is sent to either API, the reply is one that the OpenAPI document has for the call, comes within a second, and is never
 * a 500.
 *
 * <p>{@code -Dparley.fuzz.requests=500000} sends so many instead of {@value #REQUESTS_SMALL}.
 */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class HttpFuzzTest {
    private static final int REQUESTS_SMALL = 10_000;
    private static final int REQUESTS = Integer.getInteger("parley.fuzz.requests", REQUESTS_SMALL);
    private static final Duration REPLY_MAX = Duration.ofSeconds(1);

    private final Memory memory = new Memory();
    private final Map<Integer, Integer> statuses = new TreeMap<>();
    private @Nullable RawConnection connection;
    private int hangUps;

    @Test
    void everyReplyIsInTheDocumentAndNoneIsAFault() throws IOException {
        var generator = new RequestGenerator(
                OpenApiDocument.served(), Seed.of(HttpFuzzTest.class).random());
        for (int i = 0; i < REQUESTS; i++) {
            Request request = generator.next(memory);
            try {
                exchange(request).ifPresentOrElse(reply -> verify(request, reply), () -> hangUps++);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("Request " + i + ":\n" + request.wire() + "\n", e);
            }
        }
        disconnect();
        assertThat(statuses.keySet())
                .as("requests reach far enough")
                .contains(200, 201, 204, 304, 400, 401, 403, 404, 409, 412, 422);
        System.out.printf(
                "HttpFuzzTest: %d requests, 0 of them a 500, %d hung up on, statuses %s%n",
                REQUESTS, hangUps, statuses);
    }

    private void verify(Request request, Reply reply) {
        statuses.merge(reply.status(), 1, Integer::sum);
        assertThat(reply.status()).isLessThan(500);
        boolean notHttp = reply.status() == 400 && reply.body().length == 0 && !request.isHttp();
        if (!notHttp && !reply.mediaType().equals("text/event-stream")) {
            OpenApiDocument.served().verify(request.method(), request.target(), reply);
        }
        memory.learn(reply);
    }

    /** What is replied, or nothing where the service hangs up; a reply that is late must be so again, else the machine was. */
    private Optional<Reply> exchange(Request request) throws IOException {
        long begin = System.nanoTime();
        Optional<Reply> reply = exchangeOnce(request);
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
        Duration bound = request.mayWait() ? REPLY_MAX.plusSeconds(30) : REPLY_MAX;
        return System.nanoTime() - begin > bound.toNanos();
    }

    private Optional<Reply> exchangeOnce(Request request) throws IOException {
        if (connection == null) {
            connection = new RawConnection();
        }
        Optional<Reply> reply = connection.send(request.wire()).receive(request.isHead());
        boolean goesOn = reply.map(HttpFuzzTest::hasPlainEnd).orElse(false);
        if (!goesOn) {
            disconnect();
        }
        return reply;
    }

    /** Whether the next reply on the connection can be told from this one. */
    private static boolean hasPlainEnd(Reply reply) {
        boolean counted = reply.headers().firstValue("Content-Length").isPresent();
        boolean empty = reply.status() == 204 || reply.status() == 304;
        return (counted || empty) && reply.headers().firstValue("Connection").isEmpty();
    }

    private void disconnect() throws IOException {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }
}
