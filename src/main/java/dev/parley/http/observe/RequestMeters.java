package dev.parley.http.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.http.HttpServerResponse;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Counts and times every call. All meters are made at the start, so that a call looks nothing up, and so that the first fault of a
 * kind is seen as a change from nothing.
 */
@Singleton
public final class RequestMeters {
    private static final int CLASSES = 5;

    private static final Duration[] BOUNDS = {
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5)
    };

    private record Meters(List<Counter> byClass, Timer time) {}

    private final Map<RequestRecord, Meters> meters = new EnumMap<>(RequestRecord.class);
    private final Timer waits;

    public RequestMeters(MeterRegistry registry) {
        for (RequestRecord call : RequestRecord.values()) {
            meters.put(call, meters(registry, call));
        }
        this.waits = Timer.builder("parley.wait")
                .description("How long requests with Prefer: wait were held until there was news or the time was up")
                .serviceLevelObjectives(
                        Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(25))
                .register(registry);
    }

    private static Meters meters(MeterRegistry registry, RequestRecord call) {
        Tags tags = Tags.of("api", call.api(), "method", call.method(), "path", call.pattern());
        List<Counter> byClass = IntStream.rangeClosed(1, CLASSES)
                .mapToObj(first -> Counter.builder("parley.requests")
                        .description("Calls that were replied to, by the first figure of the status")
                        .tags(tags)
                        .tag("status", first + "xx")
                        .register(registry))
                .toList();
        return new Meters(
                byClass,
                Timer.builder("parley.request")
                        .description("From the head of a request to the head of its reply, without those that waited")
                        .tags(tags)
                        .serviceLevelObjectives(BOUNDS)
                        .register(registry));
    }

    /** Counts a call whose reply's head is about to be sent; the head is ours until then, and a stream's end may be hours away. */
    public void replied(RequestRecord call, HttpServerResponse response, long sinceNanos) {
        long nanos = System.nanoTime() - sinceNanos;
        Meters of = meters.get(call);
        if (of == null) {
            return;
        }
        int statusClass = Math.min(Math.max(response.getStatusCode() / 100, 1), CLASSES);
        of.byClass.get(statusClass - 1).increment();
        boolean mayWait = call == RequestRecord.EVENTS || call == RequestRecord.READ;
        if (mayWait && response.headers().contains("Preference-Applied")) {
            waits.record(nanos, TimeUnit.NANOSECONDS);
        } else {
            of.time.record(nanos, TimeUnit.NANOSECONDS);
        }
    }
}
