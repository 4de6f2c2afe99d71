package dev.parley.bench;

import dev.parley.process.ParleyJar;
import dev.parley.process.RunningParley;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Runs the packaged jar under load and prints what it came to as Markdown.
 *
 * <p>Figures of different runs and machines say little to each other; so each row also has its ratio to {@code GET /health} of the
 * same process, measured just before. The load comes from the same machine and shares its processors.
 */
public final class Bench {
    private static final int CONNECTIONS = 32;
    private static final Duration ROUND = Duration.ofSeconds(Integer.getInteger("parley.bench.seconds", 10));
    private static final List<Long> LIVE_SESSIONS = Stream.of(
                    System.getProperty("parley.bench.live", "1000,1000000").split(","))
            .map(Long::valueOf)
            .toList();

    private record Row(String name, Traffic traffic) {}

    private Bench() {}

    public static void main(String[] arguments) throws Exception {
        print(
                "%s, %d processors, Java %s; %d connections, %d s a row%n%n",
                System.getProperty("os.name"),
                Runtime.getRuntime().availableProcessors(),
                Runtime.version(),
                CONNECTIONS,
                ROUND.toSeconds());
        print("| live sessions | load | requests/s | of /health | p50 ms | p99 ms | failed |%n");
        print("|---:|---|---:|---:|---:|---:|---:|%n");
        for (long live : LIVE_SESSIONS) {
            withLiveSessions(live);
        }
    }

    private static void withLiveSessions(long count) throws Exception {
        try (var folder = new TemporaryFolder();
                RunningParley parley = ParleyJar.in(folder.path()).start()) {
            var load = new Load(parley.uri(), CONNECTIONS);
            var live = new LiveSessions("bench");
            load.run(live, count);
            warmUp(load);
            for (Row row : List.of(
                    new Row("handshakes, native", new NativeHandshakes("measured")),
                    new Row("handshakes, compatible", new RondevuHandshakes()),
                    new Row("polls that find nothing", new EmptyPolls(live, count)))) {
                Measured health = load.run(health(), ROUND);
                Measured measured = load.run(row.traffic(), ROUND);
                print(
                        "| %,d | %s | %,.0f | %.2f | %.1f | %.1f | %d |%n",
                        count,
                        row.name(),
                        measured.perSecond(),
                        measured.perSecond() / health.perSecond(),
                        measured.millis(50),
                        measured.millis(99),
                        measured.failures());
            }
            print(
                    "| %,d | memory of the process then: %d MB; its file: %d MB | | | | | |%n",
                    count,
                    new ProcessMemory(parley.pid()).residentBytes() >> 20,
                    Files.size(folder.path().resolve("data/parley.db")) >> 20);
        }
    }

    /** Runs everything once, so that it is compiled by the time it is measured. */
    private static void warmUp(Load load) throws InterruptedException {
        for (Traffic traffic : List.of(health(), new NativeHandshakes("warm"), new RondevuHandshakes())) {
            load.run(traffic, ROUND);
        }
    }

    private static Traffic health() {
        Call call = Call.get("/health", Map.of());
        return () -> call;
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format, values);
    }
}
