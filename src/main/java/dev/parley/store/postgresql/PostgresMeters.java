package dev.parley.store.postgresql;

import dev.parley.store.Node.NodeState;
import dev.parley.store.StoreThreads;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/** Metrics of where reads go, why they fall back to the primary, and how long commits take there. */
final class PostgresMeters {
    private static final List<String> FALLBACK_REASONS =
            List.of("none-in-service", "behind", "busy", "connection", "silent", "statement");

    private final MeterRegistry registry;
    private final MeterProvider<Counter> reads;
    private final MeterProvider<Counter> fallbacks;
    private final Timer bookmarkWaits;
    private final Timer commits;

    PostgresMeters(MeterRegistry registry) {
        this.registry = registry;
        this.reads = Counter.builder("parley.reads")
                .description("Reads by the node that served them")
                .withRegistry(registry);
        this.fallbacks = Counter.builder("parley.read.fallbacks")
                .description("Reads that went to the primary although a replica could have served them")
                .withRegistry(registry);
        this.bookmarkWaits = timer(
                "parley.bookmark.wait", "How long reads with a bookmark waited for a replica", 1, 5, 25, 100, 250);
        this.commits =
                timer("parley.commit", "Writing transactions, from BEGIN to the end of COMMIT", 1, 5, 25, 100, 1_000);
        FALLBACK_REASONS.forEach(reason -> fallbacks.withTag("reason", reason));
    }

    private Timer timer(String name, String description, long... boundsMillis) {
        return Timer.builder(name)
                .description(description)
                .serviceLevelObjectives(
                        LongStream.of(boundsMillis).mapToObj(Duration::ofMillis).toArray(Duration[]::new))
                .register(registry);
    }

    void watchReplica(String name, Supplier<NodeState> state) {
        Tags node = Tags.of("node", name);
        reads.withTag("node", name);
        gauge(
                "parley.replica.lag.seconds",
                "How long ago the primary went beyond the replica's position",
                node,
                () -> state.get().lag().toNanos() / 1e9);
        gauge(
                "parley.replica.lag.bytes",
                "Write-ahead log between the replica and the primary",
                node,
                () -> state.get().lagBytes());
        gauge(
                "parley.replica.serving",
                "Whether the replica serves reads",
                node,
                () -> state.get().serving() ? 1 : 0);
    }

    void watchPrimary(String name, BooleanSupplier serving, Supplier<Number> oldPrimaries) {
        reads.withTag("node", name);
        gauge(
                "parley.primary.serving",
                "Whether the primary is in service",
                Tags.of("node", name),
                () -> serving.getAsBoolean() ? 1 : 0);
        gauge(
                "parley.old.primaries",
                "Servers that accept writes although another one is the primary now",
                Tags.empty(),
                oldPrimaries);
    }

    void watchQueue(String name, StoreThreads threads) {
        gauge("parley.store.queue", "Calls that wait for the store", Tags.of("queue", name), threads::waiting);
    }

    private void gauge(String name, String description, Tags tags, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).tags(tags).register(registry);
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
