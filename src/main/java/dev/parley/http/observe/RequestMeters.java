package dev.parley.http.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
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
 * Counts and times requests, and counts errors. All meters of requests are registered at the start, so that a request needs no lookup and the first failure of a
 * kind is visible as a change from zero.
 */
@Singleton
public final class RequestMeters {
    private static final int STATUS_CLASSES = 5;
    private static final String FAULT = "fault";
    private static final String STORE_FULL = "store-full";

    private static final Duration[] BUCKETS = IntStream.of(
                    1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 250_000, 1_000_000, 5_000_000)
            .mapToObj(micros -> Duration.ofNanos(micros * 1_000L))
            .toArray(Duration[]::new);

    private record Meters(List<Counter> byStatusClass, Timer time) {}

    private final Map<Endpoint, Meters> meters = new EnumMap<>(Endpoint.class);
    private final Timer waits;

    public RequestMeters(MeterRegistry registry) {
        for (Endpoint endpoint : Endpoint.values()) {
            meters.put(endpoint, meters(registry, endpoint));
        }
        this.waits = Timer.builder("parley.wait")
                .description("Time for which requests with Prefer: wait waited for news")
                .serviceLevelObjectives(
                        Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(25))
                .register(registry);
    }

    private static Meters meters(MeterRegistry registry, Endpoint endpoint) {
        Tags tags = Tags.of("api", endpoint.api(), "method", endpoint.method(), "path", endpoint.pattern());
        List<Counter> byStatusClass = IntStream.rangeClosed(1, STATUS_CLASSES)
                .mapToObj(first -> Counter.builder("parley.requests")
                        .description("Requests that were replied to, by the first digit of the status")
                        .tags(tags)
                        .tag("status", first + "xx")
                        .register(registry))
                .toList();
        Timer time = Timer.builder("parley.request")
                .description(
                        "Time from the head of a request to the head of its reply, except for requests that waited")
                .tags(tags)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
        return new Meters(byStatusClass, time);
    }

    /** Records a request when the head of its reply is about to be sent: a stream may last for hours after it. */
    public void record(Endpoint endpoint, HttpServerResponse response, long startNanos) {
        long nanos = System.nanoTime() - startNanos;
        Meters of = meters.get(endpoint);
        if (of == null) {
            return;
        }
        int statusClass = Math.min(Math.max(response.getStatusCode() / 100, 1), STATUS_CLASSES);
        of.byStatusClass.get(statusClass - 1).increment();
        boolean mayWait = endpoint == Endpoint.EVENTS
                || endpoint == Endpoint.READ
                || endpoint == Endpoint.FIND
                || endpoint == Endpoint.WATCH;
        boolean waited = mayWait && response.headers().contains("Preference-Applied");
        boolean isOffer = endpoint == Endpoint.WHIP_OPEN || endpoint == Endpoint.WHEP_OPEN;
        waited |= isOffer && statusClass != 4; // what is refused is refused at once
        (waited ? waits : of.time).record(nanos, TimeUnit.NANOSECONDS);
    }

    /**
     * Counts a refusal. There are few types, so the registry looks each counter up when it is needed.
     *
     * @param type the last segment of the problem's type URI
     */
    public static void refused(String type) {
        errors(type).increment();
    }

    /** Counts a status that HTTP defines, such as 404 for an unknown path. */
    public static void refused(int status) {
        errors("http-" + status).increment();
    }

    public static void failed() {
        errors(FAULT).increment();
    }

    /** Registers the counters of errors that alerts use, so that their first increment is visible as a change from zero. */
    public static void begin() {
        errors(FAULT);
        errors(STORE_FULL);
    }

    private static Counter errors(String type) {
        return Counter.builder("parley.errors")
                .description("Requests that were refused or failed, by problem type")
                .tag("type", type)
                .register(Metrics.globalRegistry);
    }
}
