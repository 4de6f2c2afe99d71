package dev.parley.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** {@code Date} is an IMF-fixdate (RFC 9110, section 5.6.7) of the current second. */
class HttpDateTest {
    private final AtomicReference<Instant> time = new AtomicReference<>(Instant.parse("1994-11-06T08:49:37.999Z"));
    private final HttpDate date = new HttpDate(time::get);

    @Test
    void theFormatIsImfFixdate() {
        assertThat(date.now()).hasToString("Sun, 06 Nov 1994 08:49:37 GMT");
    }

    @Test
    void theDateFollowsTheClock() {
        CharSequence first = date.now();
        time.set(Instant.parse("1994-11-06T08:49:37.001Z"));
        assertThat(date.now()).isSameAs(first);
        time.set(Instant.parse("1994-11-06T08:49:38Z"));
        assertThat(date.now()).hasToString("Sun, 06 Nov 1994 08:49:38 GMT");
    }
}
