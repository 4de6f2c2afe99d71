package dev.parley.store.postgresql;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** The figures by which an operator sees where reads go, and why they go to the primary. */
final class ReadMeters {
    private final MeterRegistry registry;
    private final Timer bookmarkWaits;

    ReadMeters(MeterRegistry registry) {
        this.registry = registry;
        this.bookmarkWaits = Timer.builder("parley.bookmark.wait")
                .description("How long reads with a bookmark waited for a replica")
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(5),
                        Duration.ofMillis(25),
                        Duration.ofMillis(100),
                        Duration.ofMillis(250))
                .register(registry);
    }

    /** Lag and service of each replica, as it is when it is asked for. */
    void watch(List<Replica> replicas) {
        for (Replica replica : replicas) {
            Tags node = Tags.of("node", replica.node().name());
            gauge(
                    "parley.replica.lag.seconds",
                    node,
                    () -> replica.state().lag().toNanos() / 1e9);
            gauge("parley.replica.lag.bytes", node, () -> replica.state().lagBytes());
            gauge("parley.replica.serving", node, () -> replica.isServing() ? 1 : 0);
        }
    }

    private void gauge(String name, Tags tags, Supplier<Number> value) {
        Gauge.builder(name, value).tags(tags).register(registry);
    }

    void read(String node) {
        registry.counter("parley.reads", "node", node).increment();
    }

    /** A read that could have been a replica's went to the primary. */
    void fellBack(String reason) {
        registry.counter("parley.read.fallbacks", "reason", reason).increment();
    }

    void waited(long nanos) {
        bookmarkWaits.record(Duration.ofNanos(nanos));
    }
}
