package dev.parley.ice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.TestConfig;
import dev.parley.ice.IceServers.IceGrant;
import dev.parley.ice.IceServers.IceServer;
import dev.parley.ice.TurnSecret.TurnCredential;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A grant contains the configured servers, and a credential that a TURN server verifies by itself. */
class IceServersTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final String SECRET_TEXT = "north-south-east-west";
    private static final TurnSecret SECRET = new TurnSecret(SECRET_TEXT);
    private static final String STUN = "stun:stun.example.org";
    private static final String TURN = "turn:turn.example.org";

    /** Compared with {@code printf 1795176000:4f5c81d0a3e79b26 | openssl dgst -sha1 -hmac north-south-east-west -binary | base64}. */
    @Test
    void aCredentialEqualsTheOneOfCoturn() {
        assertThat(SECRET.credential(NOON, "4f5c81d0a3e79b26"))
                .isEqualTo(new TurnCredential("1795176000:4f5c81d0a3e79b26", "n1/zPBSQnfG0acTfHI3GeGuVt7Y="));
    }

    @Test
    void aGrantExpiresAfterTheConfiguredTime() {
        IceGrant grant = servers(STUN, TURN, Duration.ofMinutes(90), NOON.plusMillis(999))
                .grant();

        assertThat(grant.expiresAt()).isEqualTo(NOON.plus(Duration.ofMinutes(90)));
        assertThat(credential(grant).username()).startsWith(grant.expiresAt().getEpochSecond() + ":");
    }

    @Test
    void onlyTurnServersHaveACredential() {
        assertThat(servers(STUN, TURN, Duration.ofHours(1), NOON).grant().servers())
                .satisfiesExactly(
                        stun -> {
                            assertThat(stun.urls()).containsExactly(IceUri.stun(STUN));
                            assertThat(stun.credential()).isNull();
                        },
                        turn -> {
                            assertThat(turn.urls()).containsExactly(IceUri.turn(TURN));
                            assertThat(turn.credential()).isNotNull();
                        });
    }

    @Test
    void eachGrantHasItsOwnUser() {
        IceServers servers = servers(null, TURN, Duration.ofHours(1), NOON);

        assertThat(IntStream.range(0, 1_000)
                        .mapToObj(i -> credential(servers.grant()).username()))
                .doesNotHaveDuplicates();
    }

    @Test
    void withoutServersTheListIsEmpty() {
        assertThat(servers(null, null, Duration.ofHours(1), NOON).grant())
                .isEqualTo(new IceGrant(List.of(), NOON.plus(Duration.ofHours(1))));
    }

    @Test
    void secretsAndCredentialsAreMaskedInText() {
        assertThat(SECRET).hasToString("TurnSecret[masked]");
        assertThat(SECRET.credential(NOON, "user")).hasToString("TurnCredential[masked]");
    }

    private static IceServers servers(@Nullable String stun, @Nullable String turn, Duration ttl, Instant now) {
        var settings = new HashMap<String, String>();
        settings.put("parley.ice.turn-ttl", ttl.toString());
        if (stun != null) {
            settings.put("parley.ice.stun", stun);
        }
        if (turn != null) {
            settings.put("parley.ice.turn", turn);
            settings.put("parley.ice.turn-secret", SECRET_TEXT);
        }
        return new IceServers(TestConfig.of(IceConfig.class, settings), () -> now, new SecureRandom());
    }

    private static TurnCredential credential(IceGrant grant) {
        return grant.servers().stream()
                .map(IceServer::credential)
                .filter(credential -> credential != null)
                .findFirst()
                .orElseThrow();
    }
}
