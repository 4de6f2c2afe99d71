package dev.parley.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses that every browser takes, and no others: one that a browser refuses would cost all its users their connections. */
class IceUriTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "stun:stun.example.org",
                "stun:stun.example.org.",
                "stun:stun.example.org:3478",
                "stuns:stun.example.org:5349",
                "STUN:example.org",
                "stun:localhost",
                "stun:a_b.example",
                "stun:192.0.2.1",
                "stun:192.0.2.1:1",
                "stun:[2001:db8::1]:65535",
                "stun:[::ffff:192.0.2.1]",
            })
    void aStunServer(String text) {
        assertThat(IceUri.stun(text).text()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "turn:turn.example.org",
                "turn:turn.example.org:3478",
                "turn:turn.example.org?transport=udp",
                "turn:192.0.2.1:3478?transport=tcp",
                "turns:turn.example.org:443?transport=tcp",
                "turn:[2001:db8::1]?transport=UDP",
            })
    void aTurnServer(String text) {
        assertThat(IceUri.turn(text).text()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "stun",
                "stun:",
                "stun.example.org",
                "stun://stun.example.org",
                "turn:turn.example.org",
                "stun:stun.example.org?transport=udp",
                "stun:stun.example.org:",
                "stun:stun.example.org:0",
                "stun:stun.example.org:65536",
                "stun:stun.example.org:port",
                "stun:joe@stun.example.org",
                "stun:stun..example.org",
                "stun:-.example.org",
                "stun:stun.example.org/path",
                "stun:stun.example.org#fragment",
                "stun:two words",
                "stun:192.0.2",
                "stun:192.0.2.256",
                "stun:192.0.2.1.5",
                "stun:2001:db8::1",
                "stun:[2001:db8::1",
                "stun:[2001:db8::1::2]",
                "stun:[192.0.2.1]",
                "stun:[]",
            })
    void noStunServer(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IceUri.stun(text))
                .withMessageContaining("stun:host:port");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stun:stun.example.org",
                "turn:turn.example.org?",
                "turn:turn.example.org?transport=",
                "turn:turn.example.org?transport=sctp",
                "turn:turn.example.org?transport=udp&x=y",
                "turn:turn.example.org?tcp",
            })
    void noTurnServer(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IceUri.turn(text))
                .withMessageContaining("turn:host:port");
    }

    @Test
    void aPasswordInAnAddressIsNotRepeated() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IceUri.turn("turn:joe:swordfish@turn.example.org"))
                .withMessageNotContaining("swordfish");
    }

    @Test
    void aNameIsAsLongAsDnsLetsItBe() {
        String longest = ("a".repeat(62) + ".").repeat(4) + "b";

        assertThat(IceUri.stun("stun:" + longest).text()).hasSize(5 + 253);
        assertThatIllegalArgumentException().isThrownBy(() -> IceUri.stun("stun:" + longest + "b"));
        assertThatIllegalArgumentException().isThrownBy(() -> IceUri.stun("stun:" + "a".repeat(64)));
    }
}
