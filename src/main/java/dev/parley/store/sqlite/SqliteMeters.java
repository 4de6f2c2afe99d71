package dev.parley.store.sqlite;

import dev.parley.store.Node;
import dev.parley.store.StoreThreads;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** The figures by which an operator sees how the writer keeps up, and how large the store is. */
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

    /** Queues and sizes, as they are when they are asked for. */
    void watch(WriterLane lane, StoreThreads scans, SqliteFile file, Node node, FilePresence presence) {
        queue("write", lane, WriterLane::depth);
        queue("scan", scans, StoreThreads::waiting);
        size("database", file, store -> store.bytesBeside(""));
        size("log", file, store -> store.bytesBeside("-wal"));
        Gauge.builder("parley.disk.free.bytes", file, SqliteFile::diskFree)
                .description("What is free on the disk of the store")
                .register(registry);
        Gauge.builder("parley.backup.last.success.timestamp.seconds", file, store -> store.lastBackupMillis() / 1e3)
                .description("When the last backup was made, in seconds since 1970; 0 where none is known")
                .register(registry);
        Gauge.builder("parley.primary.serving", presence, files -> files.isLost() ? 0 : 1)
                .description("Whether the store's files are still where they were opened")
                .tag("node", node.name())
                .register(registry);
    }

    private <T> void queue(String name, T of, ToDoubleFunction<T> depth) {
        Gauge.builder("parley.store.queue", of, depth)
                .description("Calls that wait for the store")
                .tag("queue", name)
                .register(registry);
    }

    private void size(String part, SqliteFile file, ToDoubleFunction<SqliteFile> bytes) {
        Gauge.builder("parley.store.bytes", file, bytes)
                .description("How large the store's files are")
                .tag("part", part)
                .register(registry);
    }
}
