package dev.parley.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.parley.contract.MovableClock;
import dev.parley.contract.SqliteProfile;
import dev.parley.contract.StoreProfile;
import dev.parley.ice.TurnSecret;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** STUN and TURN as a page gets them: ready for its connection, each time with a credential that is new. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class IceServersTest {
    @Inject
    MovableClock clock;

    private final TestClient page = TestClient.ofNewOrigin();

    @Test
    void theReplyIsAnRtcConfiguration() {
        HttpReply reply = page.get("/api/v1/ice-servers").send().is(200);

        assertThat(reply.at("/iceServers")).hasSize(2);
        assertThat(reply.textsAt("/iceServers/0/urls"))
                .containsExactly("stun:stun.example.org", "stun:[2001:db8::1]:3478");
        assertThat(reply.at("/iceServers/0").properties()).hasSize(1);
        assertThat(reply.textsAt("/iceServers/1/urls")).containsExactly("turn:turn.example.org?transport=udp");
        assertThat(reply.at("/iceServers/1").properties().stream().map(Map.Entry::getKey))
                .containsExactlyInAnyOrder("urls", "username", "credential");
        assertThat(reply.header("Cache-Control")).isEqualTo("no-store");
        assertThat(reply.header("x-d1-bookmark")).isNotBlank();
    }

    @Test
    void aCredentialCanBeRefreshed() {
        Instant first = assertGoodFor10Minutes();
        clock.advance(Duration.ofMinutes(9));

        assertThat(assertGoodFor10Minutes()).isEqualTo(first.plus(Duration.ofMinutes(9)));
    }

    private Instant assertGoodFor10Minutes() {
        HttpReply reply = page.get("/api/v1/ice-servers").send().is(200);
        Instant expiresAt = reply.timeAt("/expiresAt");
        assertThat(expiresAt)
                .isEqualTo(clock.instant().plus(Duration.ofMinutes(10)).truncatedTo(ChronoUnit.SECONDS));

        JsonNode turn = reply.at("/iceServers/1");
        String[] username = turn.path("username").textValue().split(":");
        assertThat(username).hasSize(2).startsWith(Long.toString(expiresAt.getEpochSecond()));
        assertThat(turn.path("credential").textValue())
                .isEqualTo(new TurnSecret(StoreProfile.TURN_SECRET)
                        .credential(expiresAt, username[1])
                        .password());
        return expiresAt;
    }
}
