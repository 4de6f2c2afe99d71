package dev.parley.http.channel;

import static dev.parley.http.TestClient.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.contract.MovableClock;
import dev.parley.contract.SqliteProfile;
import dev.parley.http.ChannelClient;
import dev.parley.http.HttpSession;
import dev.parley.signaling.Leases;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Leases of channels; the contract of the store proves when a session is closed. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
@SuppressWarnings("NullAway.Init") // the container fills the fields
class ChannelLeaseTest {
    private static final Duration LEASE = Duration.ofSeconds(1);

    @Inject
    MovableClock clock;

    @Inject
    Leases leases;

    @Inject
    Channels channels;

    @Inject
    ChannelConfig config;

    private final String origin = "https://" + UUID.randomUUID() + ".example";
    private ChannelClient other;
    private ChannelClient holder;
    private final String code = HttpSession.newCode();
    private final String token = HttpSession.newToken();

    @BeforeEach
    void connect() {
        other = ChannelClient.open(origin);
        holder = ChannelClient.open(origin);
    }

    @AfterEach
    void close() {
        holder.close();
        other.close();
    }

    private void open(ChannelClient client) {
        var body = object("code", code, "offer", "an offer");
        assertThat(client.call("open", "token", token, "lease", LEASE.toSeconds(), "body", body)
                        .status())
                .isIn(200, 201);
    }

    private void endHolder() {
        int before = channels.size();
        holder.abort();
        await().until(() -> channels.size() < before);
    }

    @Test
    void aSessionIsClosedAfterItsChannel() {
        open(holder);
        other.call("watch", "code", code, "after", 1).is(200);
        endHolder();

        await().until(() -> {
            clock.advance(LEASE); // the end of the lease is committed some time after that of the channel
            leases.closeOverdue().toCompletableFuture().join();
            return other.hasPushed();
        });

        assertThat(other.events(code, 1).get(0).path("type").textValue()).isEqualTo("closed");
        other.call("read", "code", code).isProblem(404, "session-not-found");
    }

    @Test
    void anotherChannelTakesTheSessionOverByItsToken() {
        open(holder);
        other.call("watch", "code", code, "lease", 5).isProblem(401, "session-token-missing");
        other.call("watch", "code", code, "token", HttpSession.newToken(), "lease", 5)
                .isProblem(403, "session-token-refused");
        other.call("watch", "code", code, "token", token, "lease", 3_600).is(200);
        other.events(code, 1);
        endHolder();

        clock.advance(Duration.ofMinutes(1));
        leases.closeOverdue().toCompletableFuture().join();

        other.call("read", "code", code).is(200);
    }

    @Test
    void aRepeatedOpenTakesTheSessionOver() {
        open(holder);
        open(other);
        endHolder();

        clock.advance(Duration.ofMinutes(1));
        leases.closeOverdue().toCompletableFuture().join();

        other.call("read", "code", code).is(200);
    }

    @Test
    void aLeaseDoesNotDependOnAWatch() {
        open(holder);
        holder.call("unwatch", "code", code).is(204);
        other.call("watch", "code", code, "after", 1).is(200);
        endHolder();

        await().until(() -> {
            clock.advance(LEASE);
            leases.closeOverdue().toCompletableFuture().join();
            return other.hasPushed();
        });

        assertThat(other.events(code, 1).get(0).path("type").textValue()).isEqualTo("closed");
    }

    @Test
    void aChannelTakesAnyNumberOfLeases() {
        for (int session = 0; session <= config.watches(); session++) {
            String next = HttpSession.newCode();
            var body = object("code", next, "offer", "an offer");
            holder.call("open", "token", token, "lease", 1, "body", body).is(201);
            holder.call("unwatch", "code", next).is(204);
        }
    }

    @Test
    void aLeaseIsFrom1To3600Seconds() {
        var body = object("offer", "an offer");
        holder.call("open", "lease", 0, "body", body).isProblem(400, "malformed");
        holder.call("open", "lease", 3_601, "body", body).isProblem(400, "malformed");
        holder.call("open", "lease", 3_600, "body", body).is(201);
        holder.call("open", "lease", 15.5, "body", body).isProblem(400, "malformed");
        holder.call("open", "lease", new BigDecimal("1e999999999"), "body", body)
                .isProblem(400, "malformed");
        holder.call("open", "lease", 15.0, "body", body).is(201);
        holder.call("open", "lease", new BigDecimal("1.5e1"), "body", body).is(201);
        holder.call("read", "code", code, "lease", 5).isProblem(400, "malformed");
    }
}
