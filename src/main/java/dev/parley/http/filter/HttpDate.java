package dev.parley.http.filter;

import io.vertx.core.http.HttpHeaders;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The value of {@code Date}, which every reply has (RFC 9110, section 6.6.1); it is formatted once per second. */
@Singleton
public final class HttpDate {
    /** IMF-fixdate (RFC 9110, section 5.6.7). */
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final InstantSource clock;
    private volatile Formatted last = new Formatted(Long.MIN_VALUE, "");

    public HttpDate(InstantSource clock) {
        this.clock = clock;
    }

    CharSequence now() {
        long second = Math.floorDiv(clock.millis(), 1_000L);
        Formatted formatted = last;
        if (formatted.second != second) {
            String text = FORMAT.format(Instant.ofEpochSecond(second));
            formatted = new Formatted(second, HttpHeaders.createOptimized(text));
            last = formatted;
        }
        return formatted.text;
    }

    private record Formatted(long second, CharSequence text) {}
}
