package dev.parley.store.sqlite;

import dev.parley.store.Node;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
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
        Gauge.builder("parley.store.queue", depth)
                .description("Requests waiting for the store")
                .tag("queue", queue)
                .register(registry);
    }

    /** Registers gauges of the store's files. */
    void files(SqliteFile file, FilePresence presence, Node node) {
        size("database", file, "");
        size("log", file, "-wal");
        Gauge.builder("parley.disk.free.bytes", file, SqliteFile::diskFree)
                .description("Free space on the disk of the store")
                .register(registry);
        Gauge.builder("parley.backup.last.success.timestamp.seconds", file, store -> store.lastBackupMillis() / 1e3)
                .description("Time of the last backup, in seconds since 1970; 0 if none is known")
                .register(registry);
        Gauge.builder("parley.primary.serving", presence, files -> files.isLost() ? 0 : 1)
                .description("Whether the store's files are still where they were opened")
                .tag("node", node.name())
                .register(registry);
    }

    private void size(String part, SqliteFile file, String suffix) {
        Gauge.builder("parley.store.bytes", file, store -> store.bytesBeside(suffix))
                .description("Size of the store's files")
                .tag("part", part)
                .register(registry);
    }
}
