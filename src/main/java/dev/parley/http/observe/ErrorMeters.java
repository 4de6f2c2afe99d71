package dev.parley.http.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;

/** Counts what was refused, by the type of the problem, and what failed; they are few kinds, so a look-up is dear to nobody. */
public final class ErrorMeters {
    private static final String FAULT = "fault";
    private static final String STORE_FULL = "store-full";

    private ErrorMeters() {}

    /** @param type a problem's type, without what all types begin with */
    public static void refused(String type) {
        counter(type).increment();
    }

    /** A status of HTTP's own, such as 404 where there is nothing at the path. */
    public static void refused(int status) {
        counter("http-" + status).increment();
    }

    public static void failed() {
        counter(FAULT).increment();
    }

    /** Shows the counts that alerts use before there is an error; otherwise they would not see them rise to one. */
    public static void begin() {
        counter(FAULT);
        counter(STORE_FULL);
    }

    private static Counter counter(String type) {
        return Counter.builder("parley.errors")
                .description("Calls that were refused or failed, by the type of the problem")
                .tag("type", type)
                .register(Metrics.globalRegistry);
    }
}
