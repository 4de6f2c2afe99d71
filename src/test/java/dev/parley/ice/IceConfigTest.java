package dev.parley.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.TestConfig;
import dev.parley.config.InvalidConfiguration;
import dev.parley.ice.IceServers.IceServer;
import io.smallrye.config.ConfigValidationException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The configuration of STUN and TURN servers: an invalid value is rejected with its key, and its text is not shown. */
class IceConfigTest {
    private static final Map<String, String> GOOD = Map.of("turn", "turn:a.example", "turn-secret", "0123456789abcdef");

    @Test
    void noServersAreConfiguredByDefault() {
        assertThat(servers(Map.of()).grant().servers()).isEmpty();
    }

    @Test
    void serversKeepTheirOrder() {
        IceServers servers = servers(with("stun", "stun:b.example, stun:a.example:3478"));

        assertThat(servers.grant().servers().stream().map(IceServer::urls))
                .containsExactly(
                        List.of(IceUri.stun("stun:b.example"), IceUri.stun("stun:a.example:3478")),
                        List.of(IceUri.turn("turn:a.example")));
    }

    @ParameterizedTest
    @CsvSource({
        "stun, 'stun:a.example,stun.b.example', 'parley.ice.stun, entry 2:'",
        "stun, turn:a.example, 'parley.ice.stun, entry 1:'",
        "turn, stun:a.example, 'parley.ice.turn, entry 1:'",
        "turn, '', 'parley.ice.turn: '",
        "turn-secret, '', 'parley.ice.turn-secret: '",
    })
    void anInconsistentSettingIsRejectedWithItsKey(String key, String value, String line) {
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> servers(with(key, value)))
                .withMessageStartingWith(line);
    }

    @ParameterizedTest
    @CsvSource({"turn-secret, 16, 256", "stun, 1, 16", "turn, 1, 16"})
    void eachLimitIsExact(String key, int least, int most) {
        for (int size : new int[] {least, most}) {
            assertThat(servers(with(key, ofSize(key, size))).grant().servers()).isNotEmpty();
        }
        assertRefused(key, ofSize(key, most + 1));
        if (least > 1) {
            assertRefused(key, ofSize(key, least - 1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1m", "24h"})
    void aCredentialIsValidFrom1MinuteTo24Hours(String ttl) {
        assertThat(servers(with("turn-ttl", ttl)).grant().servers()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"59s", "86401s", "-1h"})
    void anyOtherValidityIsRejected(String ttl) {
        assertRefused("turn-ttl", ttl);
    }

    private static void assertRefused(String key, String value) {
        assertThatExceptionOfType(ConfigValidationException.class)
                .isThrownBy(() -> servers(with(key, value)))
                .withMessageContaining("parley.ice." + key)
                .withMessageNotContaining("xxx");
    }

    private static String ofSize(String key, int size) {
        return key.equals("turn-secret")
                ? "x".repeat(size)
                : String.join(",", Collections.nCopies(size, key + ":a.example"));
    }

    private static Map<String, String> with(String key, String value) {
        var settings = new HashMap<>(GOOD);
        settings.put(key, value);
        return settings;
    }

    private static IceServers servers(Map<String, String> settings) {
        var properties = new HashMap<String, String>();
        settings.forEach((key, value) -> properties.put("parley.ice." + key, value));
        return new IceServers(TestConfig.of(IceConfig.class, properties), () -> Instant.EPOCH, new SecureRandom());
    }
}
