package dev.parley.http.whip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.session.SignalingException.SessionNotFound;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The secret part of the URL of a session. */
class SessionHandleTest {
    private final SessionHandle handle = SessionHandle.random(Protocol.WHIP, new SecureRandom());

    @Test
    void codeAndTokenAreDerivedFromIt() {
        SessionHandle again = SessionHandle.of(Protocol.WHIP, handle.text());

        assertThat(again.code()).isEqualTo(handle.code());
        assertThat(again.token()).isEqualTo(handle.token());
        assertThat(handle.code().text()).hasSize(22);
        assertThat(handle.token().secret())
                .hasSize(43)
                .doesNotContain(handle.text(), handle.code().text());
        assertThat(handle.text()).doesNotContain(handle.code().text());
        assertThat(handle.toString()).doesNotContain(handle.text());
    }

    @Test
    void theOtherProtocolHasAnotherSession() {
        SessionHandle other = SessionHandle.of(Protocol.WHEP, handle.text());

        assertThat(other.code()).isNotEqualTo(handle.code());
        assertThat(other.token()).isNotEqualTo(handle.token());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "0123456789012345678901234567890", "012345678901234567890123456789.."})
    void anyOtherTextIsNoSession(String text) {
        assertThatThrownBy(() -> SessionHandle.of(Protocol.WHIP, text)).isInstanceOf(SessionNotFound.class);
    }
}
