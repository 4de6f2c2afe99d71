package dev.parley.store.postgresql;

import dev.parley.store.Node.NodeState;
import dev.parley.store.StoreThreads;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Metrics of where reads go, why they fall back to the primary, and how long commits take there. */
final class PostgresMeters {
    private final MeterRegistry registry;
    private final MeterProvider<Counter> reads;
    private final MeterProvider<Counter> fallbacks;
    private final Timer bookmarkWaits;
    private final Timer commits;

    PostgresMeters(MeterRegistry registry) {
        this.registry = registry;
        this.reads = counter("parley.reads", "Reads by the node that served them");
        this.fallbacks =
                counter("parley.read.fallbacks", "Reads that a replica could have served, but the primary did");
        this.bookmarkWaits = timer("parley.bookmark.wait", "Waits of reads with a bookmark for a replica", 250);
        this.commits = timer("parley.commit", "Writing transactions, from BEGIN to the end of COMMIT", 1_000);
        Stream.of("none-in-service", "behind", "busy", "connection", "silent", "statement")
                .forEach(reason -> fallbacks.withTag("reason", reason));
    }

    private MeterProvider<Counter> counter(String name, String description) {
        return Counter.builder(name).description(description).withRegistry(registry);
    }

    private Timer timer(String name, String description, long lastBoundMillis) {
        Duration[] bounds = LongStream.of(1, 5, 25, 100, lastBoundMillis)
                .mapToObj(Duration::ofMillis)
                .toArray(Duration[]::new);
        return Timer.builder(name)
                .description(description)
                .serviceLevelObjectives(bounds)
                .register(registry);
    }

    private void gauge(String name, String description, Supplier<Number> value, String... tags) {
        Gauge.builder(name, value).description(description).tags(tags).register(registry);
    }

    void watchReplica(String name, Supplier<NodeState> state) {
        reads.withTag("node", name);
        Supplier<Number> lag = () -> state.get().lag().toNanos() / 1e9;
        gauge("parley.replica.lag.seconds", "Time since the primary passed its position", lag, "node", name);
        Supplier<Number> bytes = () -> state.get().lagBytes();
        gauge("parley.replica.lag.bytes", "Write-ahead log between it and the primary", bytes, "node", name);
        watchServing("parley.replica.serving", name, state);
    }

    /** @param former counts servers that accept writes although another one is the primary now */
    void watchPrimary(String name, Supplier<NodeState> state, Supplier<Number> former) {
        reads.withTag("node", name);
        watchServing("parley.primary.serving", name, state);
        gauge("parley.old.primaries", "Servers that accept writes although another one is the primary", former);
    }

    private void watchServing(String gauge, String name, Supplier<NodeState> state) {
        gauge(gauge, "Whether the node is in service", () -> state.get().serving() ? 1 : 0, "node", name);
    }

    void watchQueue(String name, StoreThreads threads) {
        gauge("parley.store.queue", "Calls that wait for the store", threads::waiting, "queue", name);
    }

    void read(String node) {
        reads.withTag("node", node).increment();
    }

    /** A read that a replica could have served went to the primary. */
    void fellBack(String reason) {
        fallbacks.withTag("reason", reason).increment();
    }

    void waited(long nanos) {
        bookmarkWaits.record(nanos, TimeUnit.NANOSECONDS);
    }

    void committed(long nanos) {
        commits.record(nanos, TimeUnit.NANOSECONDS);
    }
}
