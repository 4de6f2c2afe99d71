package dev.parley.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** A candidate is compared and returned by its bytes. */
class CandidateTest {
    @Test
    void candidatesWithTheSameBytesAreEqual() {
        Candidate one = candidate("{\"candidate\":\"a\"}");
        Candidate other = candidate("{\"candidate\":\"a\"}");

        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
        assertThat(one.digest()).isEqualTo(other.digest());
    }

    @Test
    void candidatesWithDifferentBytesDiffer() {
        Candidate one = candidate("{\"candidate\":\"a\"}");
        Candidate other = candidate("{ \"candidate\":\"a\"}");

        assertThat(one).isNotEqualTo(other);
        assertThat(one.digest()).isNotEqualTo(other.digest());
    }

    @Test
    void theDigestIsTheFirst128BitsOfTheSha256() {
        byte[] digest = candidate("{\"candidate\":\"a\"}").digest();

        assertThat(HexFormat.of().formatHex(digest)).isEqualTo("736f292c2c14a916fbca75b39172335a");
    }

    @Test
    void aStringIsDistinguishedFromAnObject() {
        assertThat(candidate("\"candidate:1\"").isString()).isTrue();
        assertThat(candidate("{\"candidate\":\"\"}").isString()).isFalse();
    }

    @Test
    void onlyTheEmptyStringIsEmpty() {
        assertThat(candidate("\"\"").isEmpty()).isTrue();
        assertThat(candidate("\" \"").isEmpty()).isFalse();
        assertThat(candidate("{}").isEmpty()).isFalse();
    }

    @Test
    void theTextIsReturnedUnchanged() {
        assertThat(candidate("\"é\uD83D\uDE00\\u00e9\"").text()).isEqualTo("\"é\uD83D\uDE00\\u00e9\"");
    }

    @Test
    void theTextIsNotPrinted() {
        assertThat(candidate("\"192.0.2.7\"")).hasToString("Candidate[11 bytes]");
    }

    private static Candidate candidate(String json) {
        return new Candidate(json.getBytes(UTF_8));
    }
}
