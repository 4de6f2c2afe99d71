package dev.parley.ops;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.config.InvalidConfiguration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The service listens on addresses that other machines reach only if access is configured. */
class StartupTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "localhost"})
    void loopbackAddressesNeedNoPermission(String host) {
        assertThatCode(() -> check(host, "8080", false)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", "2001:db8::1"})
    void addressesThatOtherMachinesReachAreRefusedUnlessAccessIsConfigured(String host) {
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> check(host, "8080", false))
                .withMessageContainingAll("parley.access", host);
        assertThatCode(() -> check(host, "8080", true)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"65536", "70000", "-1", "http", "", "99999999999"})
    void anInvalidPortIsRefused(String port) {
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> check("127.0.0.1", port, true))
                .withMessageContaining("quarkus.http.port");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "65535"})
    void everyOtherPortIsAccepted(String port) {
        assertThatCode(() -> check("127.0.0.1", port, true)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anUnknownHostIsRefused(boolean accessConfigured) {
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> check("no-such-host.invalid", "0", accessConfigured))
                .withMessageContainingAll("quarkus.http.host", "no-such-host.invalid");
    }

    private static void check(String host, String port, boolean accessConfigured) {
        Startup.refuseUnsafe(Startup.HTTP, host, port, accessConfigured);
    }
}
