package dev.parley.campaigns.soak;

import dev.parley.bench.Load;
import dev.parley.bench.LoadResult;
import dev.parley.bench.NativeHandshakes;
import dev.parley.bench.ProcessMemory;
import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.RunningParley;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Handshakes at full load, with sessions that expire after ten seconds and are swept each second, for fifteen minutes
 * ({@code -Dparley.soak.minutes}). Each minute tells what the service uses then, with the load off for a moment: what is on its
 * heap when all that it can do without is gone, its memory in all, open files, the store and its log; and the rate and the
 * latency of the minute.
 *
 * <p>The first third is for warming up. What is used at the end is compared with the end of that third; the process ends with 1 if
 * anything has grown.
 */
public final class Soak {
    private static final int MINUTES = Integer.getInteger("parley.soak.minutes", 15);
    private static final int CONNECTIONS = 32;
    private static final Duration TTL = Duration.ofSeconds(10);
    private static final long HEAP_GROWTH_MAX = 1 << 20;
    private static final int FILES_GROWTH_MAX = 4;

    /** A log is cut back to 64 MB, and a file keeps the room that it once took. */
    private static final long LOG_MAX = 80L << 20;

    private static final double STORE_GROWTH_MAX = 1.1;
    private static final double LATENCY_GROWTH_MAX = 2;

    private Soak() {}

    private record Minute(
            double perSecond, double p99, long failures, long heap, long resident, long files, long store, long log) {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("parley-soak-");
        var minutes = new ArrayList<Minute>();
        try (RunningParley parley = ParleyJar.in(folder)
                .optimizing()
                .with("PARLEY_STORE_URL", "sqlite:parley.db")
                .with("PARLEY_SESSION_TTL", TTL.toSeconds() + "s")
                .with("PARLEY_EXPIRY_SCHEDULE", "1s")
                .withOption("-Xmx512m")
                .start()) {
            var load = new Load(parley.uri(), CONNECTIONS);
            print("| minute | requests/s | p99 ms | failed | heap KB | memory MB | open files | store MB | log MB |%n");
            print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|%n");
            for (int minute = 1; minute <= MINUTES; minute++) {
                LoadResult measured = load.run(new NativeHandshakes("soak" + minute), Duration.ofMinutes(1));
                Minute now = look(parley, folder, measured);
                minutes.add(now);
                print(
                        "| %d | %,.0f | %.1f | %d | %,d | %d | %d | %d | %d |%n",
                        minute,
                        now.perSecond(),
                        now.p99(),
                        now.failures(),
                        now.heap() >> 10,
                        now.resident() >> 20,
                        now.files(),
                        now.store() >> 20,
                        now.log() >> 20);
            }
        } finally {
            delete(folder);
        }
        List<String> grown = grown(minutes);
        print("%nSoak: %d minutes, %s%n", MINUTES, grown.isEmpty() ? "nothing has grown" : "grown: " + grown);
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

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format, values);
    }
}
