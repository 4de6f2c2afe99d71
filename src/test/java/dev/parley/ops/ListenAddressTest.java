package dev.parley.ops;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.ops.ParleyConfig.Access.Mode;
import dev.parley.store.StartRefused;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
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
        assertThatExceptionOfType(StartRefused.class)
                .isThrownBy(() -> refuseUnsafe(host, "8080", Optional.empty()))
                .withMessageContainingAll("parley.access", host);
        assertThatCode(() -> refuseUnsafe(host, "8080", Optional.of(Mode.OPEN))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"65536", "70000", "-1", "http", "", "99999999999"})
    void aPortThatIsNoneIsRefused(String port) {
        assertThatExceptionOfType(StartRefused.class)
                .isThrownBy(() -> refuseUnsafe("127.0.0.1", port, Optional.of(Mode.OPEN)))
                .withMessageContaining("quarkus.http.port");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "65535"})
    void everyOtherPortIsTaken(String port) {
        assertThatCode(() -> refuseUnsafe("127.0.0.1", port, Optional.empty())).doesNotThrowAnyException();
    }

    private static void refuseUnsafe(String host, String port, Optional<Mode> access) {
        new ListenAddress(ListenAddress.HTTP, host, port, access).refuseUnsafe();
    }
}
