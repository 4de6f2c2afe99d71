package dev.parley.http;

import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that send byte by byte do not affect other clients, and are closed with 408. */
@Tag("slow")
@QuarkusTest
@TestProfile(LimitsProfile.class)
class SlowClientsTest {
    private static final int DRIPPING = 500;
    private static final String SLOW_HEAD = "GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ";
    private static final String SLOW_BODY =
            "POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n{";

    private final List<RawConnection> connections = new ArrayList<>();
    private final ScheduledThreadPoolExecutor tap = new ScheduledThreadPoolExecutor(1);

    @AfterEach
    void closeConnections() throws IOException {
        tap.shutdownNow();
        for (RawConnection connection : connections) {
            connection.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SLOW_HEAD, SLOW_BODY, "P", "GET / HTTP/1.1\r\nHost: x\r\n"})
    void anIncompleteRequestGets408(String begun) throws IOException {
        HttpReply refused = connect().send(begun).receive().orElseThrow();

        assertThat(refused.status()).isEqualTo(408);
        assertThat(refused.header("Connection")).isEqualTo("close");
        assertThat(connections.get(0).ends()).isTrue();
    }

    @Test
    void requestsAreServedWithinASecondBeside500SlowConnections() throws IOException {
        for (int i = 0; i < DRIPPING; i++) {
            connect().send(i % 2 == 0 ? SLOW_HEAD : SLOW_BODY);
        }
        ScheduledFuture<?> dripping = tap.scheduleAtFixedRate(this::drip, 0, 100, TimeUnit.MILLISECONDS);
        var times = new ArrayList<Duration>();
        for (int i = 0; i < 20; i++) {
            long begun = System.nanoTime();
            TestClient.ofNewOrigin()
                    .post("/api/v1/sessions")
                    .json(object("offer", "x"))
                    .is(201);
            times.add(Duration.ofNanos(System.nanoTime() - begun));
        }
        // A busy machine delays some of them, but not most.
        assertThat(times.stream().sorted().toList().get(times.size() / 2)).isLessThan(Duration.ofSeconds(1));
        assertThat(dripping.isDone()).isFalse();
        for (RawConnection connection : connections) {
            assertThat(connection.receive().map(HttpReply::status).orElse(408)).isEqualTo(408);
            assertThat(connection.ends()).isTrue();
        }
    }

    @Test
    void aWaitingRequestIsNotSlow() throws IOException {
        HttpSession session = HttpSession.opened();
        HttpReply nothing = connect()
                .send("GET " + session.path() + "/events?after=1 HTTP/1.1\r\nHost: x\r\nPrefer: wait=4\r\nOrigin: "
                        + session.client().origin() + "\r\n\r\n")
                .receive()
                .orElseThrow();

        nothing.is(200);
    }

    @Test
    void connectionsBeyondTheLimitAreClosedUntilOthersEnd() throws IOException {
        for (int i = 0; i < LimitsProfile.CONNECTIONS; i++) {
            connect();
        }
        assertThat(answer(connect())).isEmpty();
        for (RawConnection connection : connections) {
            connection.close();
        }
        await().until(() -> answer(connect()).isPresent());
    }

    private static Optional<HttpReply> answer(RawConnection connection) throws IOException {
        return connection.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n").receive();
    }

    private RawConnection connect() throws IOException {
        var connection = new RawConnection();
        connections.add(connection);
        return connection;
    }

    private void drip() {
        for (RawConnection connection : connections) {
            try {
                connection.send("x");
            } catch (IOException hungUp) {
                // expected
            }
        }
    }
}
