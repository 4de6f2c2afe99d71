package dev.parley.http.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;

/** Counts refusals by problem type, and faults. There are few types, so the registry looks each counter up when it is needed. */
public final class ErrorMeters {
    private static final String FAULT = "fault";
    private static final String STORE_FULL = "store-full";

    private ErrorMeters() {}

    /** @param type the last segment of the problem's type URI */
    public static void refused(String type) {
        counter(type).increment();
    }

    /** Counts a status that HTTP defines, such as 404 for an unknown path. */
    public static void refused(int status) {
        counter("http-" + status).increment();
    }

    public static void failed() {
        counter(FAULT).increment();
    }

    /** Registers the counters that alerts use, so that their first increment is visible as a change from zero. */
    public static void begin() {
        counter(FAULT);
        counter(STORE_FULL);
    }

    private static Counter counter(String type) {
        return Counter.builder("parley.errors")
                .description("Requests that were refused or failed, by problem type")
                .tag("type", type)
                .register(Metrics.globalRegistry);
    }
}
