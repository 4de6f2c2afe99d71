package dev.parley.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A description is opaque text that is returned byte for byte and is never printed. */
class DescriptionTest {
    @Test
    void descriptionsWithTheSameBytesAreEqual() {
        assertThat(Description.of("v=0\r\n")).isEqualTo(Description.of("v=0\r\n"));
        assertThat(Description.of("v=0\r\n")).hasSameHashCodeAs(Description.of("v=0\r\n"));
        assertThat(Description.of("v=0\r\n")).isNotEqualTo(Description.of("v=0\n"));
    }

    @Test
    void theTextIsReturnedUnchanged() {
        assertThat(Description.of("s=é\uD83D\uDE00\r\n\r\n").text()).isEqualTo("s=é\uD83D\uDE00\r\n\r\n");
    }

    @Test
    void theTextIsNotPrinted() {
        assertThat(Description.of("a=ice-pwd:secret")).hasToString("Description[16 bytes]");
    }
}
