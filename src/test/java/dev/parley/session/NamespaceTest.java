package dev.parley.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.session.SignalingException.Malformed;
import org.junit.jupiter.api.Test;

/** A namespace is a text of bounded length, compared exactly. */
class NamespaceTest {
    @Test
    void aNamespaceHasAtMost512Characters() {
        assertThat(new Namespace("o".repeat(512)).name()).hasSize(512);
        assertThatExceptionOfType(Malformed.class)
                .isThrownBy(() -> new Namespace("o".repeat(513)))
                .withMessageContaining("512");
    }

    @Test
    void namespacesAreComparedExactly() {
        assertThat(new Namespace("https://a.example")).isNotEqualTo(new Namespace("https://A.example"));
    }
}
