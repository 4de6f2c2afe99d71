package dev.parley.bench;

import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.RunningParley;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Handshakes at full load, with sessions that expire after ten seconds and are swept each second, for fifteen minutes
 * ({@code -Dparley.soak.minutes}). A row for each minute has the live heap, resident memory, open files, the sizes of the store and its
 * log after the load, and the rate and latency of the minute.
 *
 * <p>The first third is the warm-up. The process ends with 1 if a value at the end exceeds its value after the warm-up.
 */
public final class Soak {
    private static final int MINUTES = Integer.getInteger("parley.soak.minutes", 15);
    private static final int CONNECTIONS = 32;
    private static final Duration TTL = Duration.ofSeconds(10);
    private static final long HEAP_GROWTH_MAX = 1 << 20;
    private static final int FILES_GROWTH_MAX = 4;

    /** A log is truncated to 64 MB when it starts over. */
    private static final long LOG_MAX = 80L << 20;

    private static final double STORE_GROWTH_MAX = 1.1;
    private static final double LATENCY_GROWTH_MAX = 2;

    private Soak() {}

    private record Minute(
            double perSecond, double p99, long failures, long heap, long resident, long files, long store, long log) {}

    public static void main(String[] arguments) throws Exception {
        var minutes = new ArrayList<Minute>();
        try (var folder = new TemporaryFolder();
                RunningParley parley = ParleyJar.in(folder.path())
                        .optimizing()
                        .with("PARLEY_STORE_URL", "sqlite:parley.db")
                        .with("PARLEY_SESSION_TTL", TTL.toSeconds() + "s")
                        .with("PARLEY_EXPIRY_SCHEDULE", "1s")
                        .withOption("-Xmx512m")
                        .start()) {
            var load = new Load(parley.uri(), CONNECTIONS);
            Markdown.head(
                    "minute",
                    "requests/s",
                    "p99 ms",
                    "failed",
                    "heap KB",
                    "memory MB",
                    "open files",
                    "store MB",
                    "log MB");
            for (int minute = 1; minute <= MINUTES; minute++) {
                LoadResult measured = load.run(new NativeHandshakes("soak" + minute), Duration.ofMinutes(1));
                Minute now = look(parley, folder.path(), measured);
                minutes.add(now);
                Markdown.row(
                        minute,
                        Markdown.figure(now.perSecond()),
                        Markdown.figure(now.p99()),
                        now.failures(),
                        now.heap() >> 10,
                        now.resident() >> 20,
                        now.files(),
                        now.store() >> 20,
                        now.log() >> 20);
            }
        }
        List<String> grown = grown(minutes);
        Markdown.line("%nSoak: %d minutes, %s", MINUTES, grown.isEmpty() ? "nothing has grown" : "grown: " + grown);
        if (!grown.isEmpty()) {
            System.exit(1);
        }
    }

    private static Minute look(RunningParley parley, Path folder, LoadResult measured) throws IOException {
        var memory = new ProcessMemory(parley.pid());
        return new Minute(
                measured.perSecond(),
                measured.millis(99),
                measured.failures(),
                memory.liveBytes(),
                memory.residentBytes(),
                openFiles(parley.pid()),
                Files.size(folder.resolve("parley.db")),
                Files.size(folder.resolve("parley.db-wal")));
    }

    private static long openFiles(long pid) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return files.count();
        }
    }

    private static List<String> grown(List<Minute> minutes) {
        Minute first = minutes.get(minutes.size() / 3);
        Minute last = minutes.get(minutes.size() - 1);
        var grown = new ArrayList<String>();
        check(
                last.heap() - first.heap() < HEAP_GROWTH_MAX,
                "heap by " + (last.heap() - first.heap()) + " bytes",
                grown);
        check(last.files() - first.files() <= FILES_GROWTH_MAX, "open files", grown);
        check(last.store() <= first.store() * STORE_GROWTH_MAX, "store", grown);
        check(last.log() <= LOG_MAX, "log", grown);
        check(last.p99() <= first.p99() * LATENCY_GROWTH_MAX, "latency", grown);
        check(minutes.stream().mapToLong(Minute::failures).sum() == 0, "failures", grown);
        return grown;
    }

    private static void check(boolean holds, String what, List<String> grown) {
        if (!holds) {
            grown.add(what);
        }
    }
}
