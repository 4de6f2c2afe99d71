package dev.parley.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.session.SignalingException;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Error replies. */
class ErrorReplyTest {
    @Test
    void eachTypeOfRefusalHasAStatus() {
        Class<?>[] types = Objects.requireNonNull(SignalingException.class.getPermittedSubclasses());
        assertThat(Set.<Object>copyOf(ErrorReply.STATUSES.keySet())).isEqualTo(Set.<Object>of((Object[]) types));
    }
}
