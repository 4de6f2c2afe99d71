package dev.parley.ice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.ice.IceServers.Turn;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a peer is granted: the servers as they are configured, and a credential that a TURN server can check by itself. */
class IceServersTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final TurnSecret SECRET = new TurnSecret("north-south-east-west");
    private static final List<IceUri> STUN = List.of(IceUri.stun("stun:stun.example.org"));
    private static final Turn TURN = new Turn(List.of(IceUri.turn("turn:turn.example.org")), SECRET);

    /** Held against {@code printf 1795176000:4f5c81d0a3e79b26 | openssl dgst -sha1 -hmac north-south-east-west -binary | base64}. */
    @Test
    void aCredentialIsAsCoturnComputesIt() {
        assertThat(SECRET.credential(NOON, "4f5c81d0a3e79b26"))
                .isEqualTo(new TurnCredential("1795176000:4f5c81d0a3e79b26", "n1/zPBSQnfG0acTfHI3GeGuVt7Y="));
    }

    @Test
    void aGrantLastsAsLongAsItIsSetTo() {
        IceGrant grant = servers(STUN, TURN, Duration.ofMinutes(90), NOON.plusMillis(999))
                .grant();

        assertThat(grant.expiresAt()).isEqualTo(NOON.plus(Duration.ofMinutes(90)));
        assertThat(credential(grant).username()).startsWith(grant.expiresAt().getEpochSecond() + ":");
    }

    @Test
    void onlyATurnServerGetsACredential() {
        assertThat(servers(STUN, TURN, Duration.ofHours(1), NOON).grant().servers())
                .satisfiesExactly(
                        stun -> {
                            assertThat(stun.urls()).isEqualTo(STUN);
                            assertThat(stun.credential()).isNull();
                        },
                        turn -> {
                            assertThat(turn.urls()).isEqualTo(TURN.urls());
                            assertThat(turn.credential()).isNotNull();
                        });
    }

    @Test
    void eachGrantIsForAnotherUser() {
        IceServers servers = servers(List.of(), TURN, Duration.ofHours(1), NOON);

        assertThat(IntStream.range(0, 1_000)
                        .mapToObj(i -> credential(servers.grant()).username()))
                .doesNotHaveDuplicates();
    }

    @Test
    void whereThereAreNoServersTheListIsEmpty() {
        assertThat(servers(List.of(), null, Duration.ofHours(1), NOON).grant())
                .isEqualTo(new IceGrant(List.of(), NOON.plus(Duration.ofHours(1))));
    }

    @Test
    void neitherSecretNorCredentialShowsItself() {
        assertThat(SECRET).hasToString("TurnSecret[masked]");
        assertThat(SECRET.credential(NOON, "user")).hasToString("TurnCredential[masked]");
    }

    private static IceServers servers(List<IceUri> stun, @Nullable Turn turn, Duration ttl, Instant now) {
        return new IceServers(stun, turn, ttl, () -> now, new SecureRandom());
    }

    private static TurnCredential credential(IceGrant grant) {
        return grant.servers().stream()
                .map(IceServer::credential)
                .filter(credential -> credential != null)
                .findFirst()
                .orElseThrow();
    }
}
