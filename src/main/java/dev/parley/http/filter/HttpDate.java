package dev.parley.http.filter;

import io.netty.handler.codec.DateFormatter;
import io.vertx.core.http.HttpHeaders;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.Date;

/** The value of {@code Date}, which every reply has (RFC 9110, section 6.6.1); it is formatted once per second. */
@Singleton
public final class HttpDate {
    private final InstantSource clock;
    private volatile Formatted last = new Formatted(Long.MIN_VALUE, "");

    public HttpDate(InstantSource clock) {
        this.clock = clock;
    }

    CharSequence now() {
        long second = Math.floorDiv(clock.millis(), 1_000L);
        Formatted formatted = last;
        if (formatted.second != second) {
            String text = DateFormatter.format(new Date(second * 1_000));
            formatted = new Formatted(second, HttpHeaders.createOptimized(text));
            last = formatted;
        }
        return formatted.text;
    }

    private record Formatted(long second, CharSequence text) {}
}
