package dev.parley.ops;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.config.InvalidConfiguration;
import dev.parley.ops.ParleyConfig.Access.Mode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where other machines could reach it, the service listens only if it is told that it is open to them. */
class ListenAddressTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "localhost"})
    void onALoopbackAddressNothingNeedBeSaid(String host) {
        assertThatCode(() -> refuseUnsafe(host, "8080", Optional.empty())).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", "2001:db8::1"})
    void elsewhereOpenAccessHasToBeAskedFor(String host) {
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> refuseUnsafe(host, "8080", Optional.empty()))
                .withMessageContainingAll("parley.access", host);
        assertThatCode(() -> refuseUnsafe(host, "8080", Optional.of(Mode.OPEN))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"65536", "70000", "-1", "http", "", "99999999999"})
    void aPortThatIsNoneIsRefused(String port) {
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> refuseUnsafe("127.0.0.1", port, Optional.of(Mode.OPEN)))
                .withMessageContaining("quarkus.http.port");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "65535"})
    void everyOtherPortIsTaken(String port) {
        assertThatCode(() -> refuseUnsafe("127.0.0.1", port, Optional.empty())).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 8080, 127.0.0.1, 8080",
        "127.0.0.1, 8080, localhost, 08080",
        "0.0.0.0, 8080, 127.0.0.1, 8080",
        "127.0.0.1, 8080, 0.0.0.0, 8080",
    })
    void onePortIsNotForBoth(String host, String port, String operatorsHost, String operatorsPort) {
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> refuseSame(host, port, operatorsHost, operatorsPort))
                .withMessageContainingAll("quarkus.http.port", "quarkus.management.port", "QUARKUS_MANAGEMENT_PORT");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 8080, 127.0.0.1, 8081",
        "127.0.0.1, 8080, 127.0.0.2, 8080",
        "127.0.0.1, 0, 127.0.0.1, 0",
    })
    void differentAddressesAreTaken(String host, String port, String operatorsHost, String operatorsPort) {
        assertThatCode(() -> refuseSame(host, port, operatorsHost, operatorsPort))
                .doesNotThrowAnyException();
    }

    @Test
    void aPortThatIsInUseIsRefusedAndAnyOtherIsNot() throws IOException {
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
    void aHostThatIsNotOfThisMachineIsRefused(String host) {
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> refuseTaken(host, 0))
                .withMessageContainingAll("quarkus.http.host", host);
    }

    private static void refuseSame(String host, String port, String operatorsHost, String operatorsPort) {
        new ListenAddress(ListenAddress.MANAGEMENT, operatorsHost, operatorsPort, Optional.empty())
                .refuseSame(new ListenAddress(ListenAddress.HTTP, host, port, Optional.empty()));
    }

    private static void refuseTaken(String host, int port) {
        new ListenAddress(ListenAddress.HTTP, host, Integer.toString(port), Optional.of(Mode.OPEN)).refuseTaken();
    }

    private static void refuseUnsafe(String host, String port, Optional<Mode> access) {
        new ListenAddress(ListenAddress.HTTP, host, port, access).refuseUnsafe();
    }
}
