package dev.parley.http.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parley.http.access.OriginConfig.Origins;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lists of origins that a configuration may contain, and the origins that they admit. */
class OriginsTest {
    @Test
    void aStarAdmitsAllOrigins() {
        assertThat(Origins.of(" * ").all()).isTrue();
        assertThat(Origins.of("*").admit("anything")).isTrue();
    }

    @Test
    void aListAdmitsItsOrigins() {
        Origins origins = Origins.of("https://a.example ,http://localhost:8080,null");

        assertThat(origins.all()).isFalse();
        assertThat(origins.admit("https://a.example")).isTrue();
        assertThat(origins.admit("http://localhost:8080")).isTrue();
        assertThat(origins.admit("null")).isTrue();
        assertThat(origins.admit("http://localhost")).isFalse();
        assertThat(origins.admit("https://A.example")).isFalse();
    }

    @Test
    void anExpressionMustMatchTheWholeOrigin() {
        Origins origins = Origins.of("/https://[a-z]+\\.example/");

        assertThat(origins.admit("https://a.example")).isTrue();
        assertThat(origins.admit("https://a.example.evil")).isFalse();
        assertThat(origins.admit("xhttps://a.example")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a.example",
                "https://a.example/",
                "https://a.example/x",
                "*,https://a.example",
                "https://a.example,",
                "https://",
                "/[/",
                "https://u@a.example",
                "https://a b"
            })
    void invalidEntriesAreRejectedByName(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Origins.of(text));
    }
}
