package dev.parley.http.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.config.InvalidConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The public URLs that a configuration may contain, and the origin of each as browsers write it. */
class OwnOriginTest {
    @ParameterizedTest
    @CsvSource({
        "https://parley.example, https://parley.example",
        "https://parley.example/, https://parley.example",
        "HTTPS://Parley.Example:443, https://parley.example",
        "http://parley.example:80/, http://parley.example",
        "http://parley.example:443, http://parley.example:443",
        "https://parley.example:8443, https://parley.example:8443",
        "http://127.0.0.1:8080, http://127.0.0.1:8080",
        "https://[2001:DB8::1]:443, https://[2001:db8::1]",
    })
    void aPublicUrlHasAnOrigin(String url, String origin) {
        assertThat(OwnOrigin.ofPublicUrl(url)).isEqualTo(origin);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "parley.example",
                "//parley.example",
                "ftp://parley.example",
                "https://",
                "https:parley.example",
                "https://parley.example?x",
                "https://parley.example/#x",
                "https://joe@parley.example",
                "https://parley.example:x",
                "https://b\u00fccher.example",
                "https://parley.example, https://other.example",
            })
    void invalidUrlsAreRejected(String url) {
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> OwnOrigin.ofPublicUrl(url))
                .withMessageContaining("https://parley.example.org");
    }

    @Test
    void aPathIsRejected() {
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(() -> OwnOrigin.ofPublicUrl("https://example.org/parley/"))
                .withMessageContaining("path");
    }
}
