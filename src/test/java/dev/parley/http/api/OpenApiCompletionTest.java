package dev.parley.http.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.session.SignalingException;
import org.junit.jupiter.api.Test;

class OpenApiCompletionTest {
    @Test
    void everyRefusalHasOneExampleInTheDocument() {
        assertThat(OpenApiCompletion.REFUSALS.stream().map(Object::getClass))
                .containsExactlyInAnyOrder(SignalingException.class.getPermittedSubclasses());
    }
}
