package dev.parley.store.postgresql;

import dev.parley.store.StoreThreads;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The figures by which an operator sees where reads go, why they go to the primary, and how long commits take there. */
final class PostgresMeters {
    /** Why a read that could have been a replica's went to the primary. */
    private static final List<String> REASONS =
            List.of("none-in-service", "behind", "busy", "connection", "silent", "statement");

    private final MeterRegistry registry;
    private final Timer bookmarkWaits;
    private final Timer commits;

    /** By node, so that a read need not look its meter up by name and tags. */
    private final Map<String, Counter> reads = new ConcurrentHashMap<>();

    private final Map<String, Counter> fallbacks = new ConcurrentHashMap<>();

    PostgresMeters(MeterRegistry registry) {
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
        this.commits = Timer.builder("parley.commit")
                .description("Transactions that wrote, from BEGIN to the end of COMMIT")
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(5),
                        Duration.ofMillis(25),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(1))
                .register(registry);
        REASONS.forEach(this::fallbacks);
    }

    /** Lag and service of each replica, as it is when it is asked for. */
    void watch(List<ReplicaNode> replicas) {
        for (ReplicaNode replica : replicas) {
            Tags node = Tags.of("node", replica.node().name());
            reads(replica.node().name());
            gauge(
                    "parley.replica.lag.seconds",
                    "For how long the primary has been further",
                    node,
                    () -> replica.state().lag().toNanos() / 1e9);
            gauge(
                    "parley.replica.lag.bytes",
                    "By how much the primary is further",
                    node,
                    () -> replica.state().lagBytes());
            gauge(
                    "parley.replica.serving",
                    "Whether the replica serves reads",
                    node,
                    () -> replica.isServing() ? 1 : 0);
        }
    }

    /** Whether the primary can be reached, as it is when it is asked for. */
    void watch(PrimaryNode primary) {
        reads(primary.node().name());
        gauge(
                "parley.primary.serving",
                "Whether the primary can be reached",
                Tags.of("node", primary.node().name()),
                () -> primary.isReachable() ? 1 : 0);
        gauge(
                "parley.old.primaries",
                "Servers that take writes although another one is the primary now",
                Tags.empty(),
                primary::oldPrimaries);
    }

    /** How many calls wait for one of {@code threads}. */
    StoreThreads watched(String name, StoreThreads threads) {
        gauge("parley.store.queue", "Calls that wait for the store", Tags.of("queue", name), threads::waiting);
        return threads;
    }

    private void gauge(String name, String description, Tags tags, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).tags(tags).register(registry);
    }

    void read(String node) {
        reads(node).increment();
    }

    /** A read that could have been a replica's went to the primary. */
    void fellBack(String reason) {
        fallbacks(reason).increment();
    }

    private Counter reads(String node) {
        return reads.computeIfAbsent(
                node,
                name -> Counter.builder("parley.reads")
                        .description("Reads by the node that served them")
                        .tag("node", name)
                        .register(registry));
    }

    private Counter fallbacks(String reason) {
        return fallbacks.computeIfAbsent(
                reason,
                name -> Counter.builder("parley.read.fallbacks")
                        .description("Reads that could have been a replica's and went to the primary")
                        .tag("reason", name)
                        .register(registry));
    }

    void waited(long nanos) {
        bookmarkWaits.record(nanos, TimeUnit.NANOSECONDS);
    }

    void committed(long nanos) {
        commits.record(nanos, TimeUnit.NANOSECONDS);
    }
}
