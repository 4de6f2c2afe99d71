package dev.parley.ops;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.config.InvalidConfiguration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The service listens on addresses that other machines reach only if access is configured. */
class ListenAddressTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "localhost"})
    void loopbackAddressesNeedNoPermission(String host) {
        assertThatCode(() -> http(host, "8080").refuseRemote()).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", "2001:db8::1"})
    void addressesThatOtherMachinesReachAreRefused(String host) {
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> http(host, "8080").refuseRemote())
                .withMessageContainingAll("parley.access", host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"65536", "70000", "-1", "http", "", "99999999999"})
    void anInvalidPortIsRefused(String port) {
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> http("127.0.0.1", port).refuseInvalidPort())
                .withMessageContaining("quarkus.http.port");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "65535"})
    void everyOtherPortIsAccepted(String port) {
        assertThatCode(() -> http("127.0.0.1", port).refuseInvalidPort()).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 8080, 127.0.0.1, 8080",
        "127.0.0.1, 8080, localhost, 08080",
        "0.0.0.0, 8080, 127.0.0.1, 8080",
        "127.0.0.1, 8080, 0.0.0.0, 8080",
    })
    void thePortsMustDiffer(String host, String port, String managementHost, String managementPort) {
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> refuseSame(host, port, managementHost, managementPort))
                .withMessageContainingAll("quarkus.http.port", "quarkus.management.port", "QUARKUS_MANAGEMENT_PORT");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 8080, 127.0.0.1, 8081",
        "127.0.0.1, 8080, 127.0.0.2, 8080",
        "127.0.0.1, 0, 127.0.0.1, 0",
    })
    void differentAddressesAreAccepted(String host, String port, String managementHost, String managementPort) {
        assertThatCode(() -> refuseSame(host, port, managementHost, managementPort))
                .doesNotThrowAnyException();
    }

    @Test
    void onlyAPortInUseIsRefused() throws IOException {
        int port;
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
            assertThatExceptionOfType(InvalidConfiguration.class)
                    .isThrownBy(() -> refuseTaken("127.0.0.1", taken.getLocalPort()))
                    .withMessageContainingAll("quarkus.http.port: port " + port, "QUARKUS_HTTP_PORT");
        }
        assertThatCode(() -> refuseTaken("127.0.0.1", port)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.7", "no-such-host.invalid"})
    void aHostOfAnotherMachineIsRefused(String host) {
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> refuseTaken(host, 0))
                .withMessageContainingAll("quarkus.http.host", host);
    }

    private static void refuseSame(String host, String port, String managementHost, String managementPort) {
        new ListenAddress(ListenAddress.MANAGEMENT, managementHost, managementPort).refuseSame(http(host, port));
    }

    private static void refuseTaken(String host, int port) {
        http(host, Integer.toString(port)).refuseTaken();
    }

    private static ListenAddress http(String host, String port) {
        return new ListenAddress(ListenAddress.HTTP, host, port);
    }
}
