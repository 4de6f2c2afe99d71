package dev.parley.http.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.config.InvalidConfiguration;
import io.vertx.core.MultiMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client address: that of the connection, or the last one forwarded that is not a trusted proxy. */
class ClientAddressesTest {
    private static final ClientAddresses EXPOSED = new ClientAddresses(List.of());
    private static final ClientAddresses BEHIND =
            new ClientAddresses(List.of("192.0.2.1", "10.0.0.0/8", "2001:db8:aa::/48"));

    @Test
    void headersAreIgnoredWithoutTrustedProxies() {
        assertThat(of(EXPOSED, "192.0.2.1", "203.0.113.9")).isEqualTo("192.0.2.1");
    }

    @Test
    void headersOfUntrustedPeersAreIgnored() {
        assertThat(of(BEHIND, "192.0.2.2", "203.0.113.9")).isEqualTo("192.0.2.2");
        assertThat(of(BEHIND, "2001:db8:ab::1", "203.0.113.9")).isEqualTo("2001:db8:ab::/64");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "192.0.2.1       | 203.0.113.9",
                "10.1.2.3        | 203.0.113.9",
                "2001:db8:aa::1  | 203.0.113.9",
                "::ffff:10.1.2.3 | 203.0.113.9",
                "10.1.2.3        | 6.6.6.6, 203.0.113.9",
                "10.1.2.3        | 6.6.6.6, 10.9.9.9, 203.0.113.9",
                "10.1.2.3        | 6.6.6.6, 203.0.113.9, 10.9.9.9,10.8.8.8",
                "10.1.2.3        | 203.0.113.9:4711",
                "10.1.2.3        | nonsense, 203.0.113.9",
                "10.1.2.3        | ::ffff:203.0.113.9",
            })
    void theLastUntrustedAddressIsTheClient(String proxy, String forwarded) {
        assertThat(of(BEHIND, proxy, forwarded)).isEqualTo("203.0.113.9");
    }

    @Test
    void severalHeadersAreOneList() {
        assertThat(of(BEHIND, "10.1.2.3", "6.6.6.6, 203.0.113.9", "10.9.9.9")).isEqualTo("203.0.113.9");
        assertThat(of(BEHIND, "10.1.2.3", "6.6.6.6", "203.0.113.9")).isEqualTo("203.0.113.9");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "203.0.113.9, nonsense",
                "203.0.113.9, ",
                "999.1.1.1",
                "localhost",
                "[2001:db8::1"
            })
    void withoutAValidAddressTheProxyCounts(String forwarded) {
        assertThat(of(BEHIND, "10.1.2.3", forwarded)).isEqualTo("10.1.2.3");
        assertThat(of(BEHIND, "10.1.2.3")).isEqualTo("10.1.2.3");
    }

    @Test
    void ifAllAddressesAreProxiesTheFirstCounts() {
        assertThat(of(BEHIND, "10.1.2.3", "10.9.9.9, 10.8.8.8")).isEqualTo("10.9.9.9");
    }

    @ParameterizedTest
    @CsvSource({
        "2001:db8:1:2:3:4:5:6, 2001:db8:1:2::/64",
        "2001:db8:1:2::1, 2001:db8:1:2::/64",
        "2001:DB8:1:2:ffff::, 2001:db8:1:2::/64",
        "::1, ::/64",
        "::ffff:192.0.2.7, 192.0.2.7",
        "192.0.2.7, 192.0.2.7",
    })
    void anIpV6NetworkCountsAsOneClient(String address, String counted) {
        assertThat(of(EXPOSED, address)).isEqualTo(counted);
        assertThat(of(BEHIND, "10.1.2.3", address)).isEqualTo(counted);
    }

    @Test
    void anIpV6AddressMayHaveAPort() {
        assertThat(of(BEHIND, "10.1.2.3", "[2001:db8:1:2::7]:4711")).isEqualTo("2001:db8:1:2::/64");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "192.0.2.1       | for=203.0.113.9",
                "10.1.2.3        | For=\"203.0.113.9:4711\"; Proto=https;by=10.1.2.3",
                "10.1.2.3        | for=203.0.113.9:4711",
                "::ffff:10.1.2.3 | for=6.6.6.6, for=203.0.113.9;host=a.example , for=10.9.9.9",
                "10.1.2.3        | for=unknown, for=203.0.113.9",
                "10.1.2.3        | for=6.6.6.6;secret=\"a, \\\"for=b\", for=203.0.113.9, ,",
            })
    void forwardedIsReadInTheSameWay(String proxy, String forwarded) {
        assertThat(ofForwarded(BEHIND, proxy, forwarded)).isEqualTo("203.0.113.9");
        assertThat(ofForwarded(BEHIND, proxy, "for=\"[2001:db8:1:2::7]:4711\"")).isEqualTo("2001:db8:1:2::/64");
        assertThat(ofForwarded(EXPOSED, "192.0.2.1", forwarded)).isEqualTo("192.0.2.1");
        assertThat(ofForwarded(BEHIND, "192.0.2.2", forwarded)).isEqualTo("192.0.2.2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "for",
                "for=",
                "for=unknown",
                "for=_hidden",
                "for=203.0.113.9, for=_hidden",
                "for=203.0.113.9, proto=https",
                "for=203.0.113.9 for=203.0.113.9",
                "for=203.0.113.9; =",
                "for=\"203.0.113.9",
                "for=\"203.0.113.9\\",
                "for=203.0.113.9, \"",
            })
    void withoutAValidForwardedAddressTheProxyCounts(String forwarded) {
        assertThat(ofForwarded(BEHIND, "10.1.2.3", forwarded)).isEqualTo("10.1.2.3");
    }

    /** A proxy writes one of the two headers and passes the other on, so only an address in both of them is certain. */
    @Test
    void ifTheTwoHeadersDifferTheProxyCounts() {
        assertThat(BEHIND.of("10.1.2.3", headers("for=203.0.113.9", "203.0.113.9")))
                .isEqualTo("203.0.113.9");
        assertThat(BEHIND.of("10.1.2.3", headers("for=6.6.6.6", "203.0.113.9"))).isEqualTo("10.1.2.3");
        assertThat(BEHIND.of("10.1.2.3", headers("for=203.0.113.9", "6.6.6.6"))).isEqualTo("10.1.2.3");
        assertThat(BEHIND.of("10.1.2.3", headers("for=\"6.6.6.6", "203.0.113.9")))
                .isEqualTo("10.1.2.3");
        assertThat(BEHIND.of("10.1.2.3", headers("proto=https", "203.0.113.9"))).isEqualTo("203.0.113.9");
    }

    @Test
    void clientsWithoutAddressCountAsOne() {
        assertThat(of(BEHIND, null, "203.0.113.9")).isEqualTo("local");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "proxy.example",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/x",
                "10.0.0.0/-1",
                "::/129",
                "/8",
                "10.0.0"
            })
    void invalidNetworksAreRejectedByName(String entry) {
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> new ClientAddresses(List.of("10.0.0.0/8", entry)))
                .withMessageContaining("\"" + entry + "\"");
    }

    private static String of(ClientAddresses addresses, @Nullable String peer, String... forwarded) {
        var headers = MultiMap.caseInsensitiveMultiMap();
        for (String line : forwarded) {
            headers.add("x-forwarded-for", line);
        }
        return addresses.of(peer, headers);
    }

    private static String ofForwarded(ClientAddresses addresses, String peer, String forwarded) {
        return addresses.of(peer, MultiMap.caseInsensitiveMultiMap().add("forwarded", forwarded));
    }

    private static MultiMap headers(String forwarded, String forwardedFor) {
        return MultiMap.caseInsensitiveMultiMap().add("forwarded", forwarded).add("x-forwarded-for", forwardedFor);
    }
}
