package dev.parley.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code Prefer: wait} by RFC 7240: an invalid preference is ignored. */
class CallerTest {
    private static final Duration MAX = Duration.ofSeconds(30);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "wait=25|25",
                "wait=0|0",
                "wait=29|29",
                "wait=30|30",
                "wait=31|30",
                "wait=999999999999999999|30",
                "WAIT=5|5",
                " wait = 5 |5",
                "wait=\"5\"|5",
                "respond-async, wait=5|5",
                "wait=5, respond-async|5",
                "wait=5; q=1|5",
                "return=minimal; foo=\"bar\", wait=5|5",
                "wait=5, wait=9|5",
                "foo=\"a, wait=1\", wait=5|5",
                "foo=\"a\\\", wait=1\", wait=5|5",
                "foo; bar=\"wait=1, wait=2\", wait=5|5",
                "wait=5; foo=\"a|5",
                "foo;wait=1, wait=5|5",
            })
    void aWaitIsParsed(String header, int seconds) {
        assertThat(Caller.requestedWait(List.of(header), MAX)).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "wait",
                "wait=",
                "wait=\"\"",
                "wait=-1",
                "wait=1.5",
                "wait=soon",
                "wait=9999999999999999999",
                "await=5",
                "respond-async",
                "foo=\"a, wait=1\"",
                "foo=\"a, wait=1",
                "foo=\"a; wait=1, wait=2\"",
                "foo=\"\\\", wait=1\"",
                "foo; wait=1",
                "wait=+5",
                "wait=\u0663",
            })
    void anInvalidWaitIsIgnored(String header) {
        assertThat(Caller.requestedWait(List.of(header), MAX)).isEmpty();
    }

    @Test
    void severalHeadersAreOneList() {
        assertThat(Caller.requestedWait(List.of("respond-async", "wait=5", "wait=9"), MAX))
                .contains(Duration.ofSeconds(5));
        assertThat(Caller.requestedWait(List.of(), MAX)).isEmpty();
    }
}
