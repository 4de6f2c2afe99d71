package dev.parley.store.sqlite;

import dev.parley.store.Node;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Metrics of the writer, the queues, and the store's size. */
final class SqliteMeters {
    private final MeterRegistry registry;
    private final DistributionSummary writes;
    private final Timer commits;

    SqliteMeters(MeterRegistry registry) {
        this.registry = registry;
        this.writes = DistributionSummary.builder("parley.commit.writes")
                .description("Writes that shared one commit, and so one fsync")
                .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128, 256)
                .register(registry);
        this.commits = Timer.builder("parley.commit")
                .description("Transactions of the writer, from BEGIN to the end of COMMIT")
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(5),
                        Duration.ofMillis(25),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(1))
                .register(registry);
    }

    void committed(int writesTogether, long nanos) {
        writes.record(writesTogether);
        commits.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Registers a gauge of the requests that wait in {@code queue}. */
    void queue(String queue, Supplier<Number> depth) {
        gauge("parley.store.queue", "Requests waiting for the store", Tags.of("queue", queue), depth);
    }

    /** Registers gauges of the store's files. */
    void files(SqliteFile file, FilePresence presence, Node node) {
        String size = "Size of the store's files";
        gauge("parley.store.bytes", size, Tags.of("part", "database"), () -> file.bytesBeside(""));
        gauge("parley.store.bytes", size, Tags.of("part", "log"), () -> file.bytesBeside("-wal"));
        gauge(
                "parley.disk.free.bytes",
                "Free space on the disk of the store",
                Tags.empty(),
                () -> file.path().toFile().getUsableSpace());
        gauge(
                "parley.backup.last.success.timestamp.seconds",
                "Time of the last backup, in seconds since 1970; 0 if none is known",
                Tags.empty(),
                () -> file.lastBackupMillis() / 1e3);
        gauge(
                "parley.primary.serving",
                "Whether the store's files are still where they were opened",
                Tags.of("node", node.name()),
                () -> presence.isLost() ? 0 : 1);
    }

    private void gauge(String name, String description, Tags tags, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).tags(tags).register(registry);
    }
}
