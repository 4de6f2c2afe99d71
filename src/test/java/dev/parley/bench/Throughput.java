package dev.parley.bench;

import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.RunningParley;
import dev.parley.store.crypto.Keys;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Whole handshakes and polls per second beside few and beside many live sessions; beside them the limits of the framework and the disk,
 * and PeerJS's server.
 *
 * <p>Figures of different runs and machines are not comparable, so each load also has its ratio to {@code GET /health} of the same
 * process, measured just before. The load generator shares the processors of the machine.
 */
public final class Throughput {
    private static final int CONNECTIONS = 32;
    private static final int PAIRS = 16;
    private static final Duration ROUND = Duration.ofSeconds(Integer.getInteger("parley.bench.seconds", 10));
    private static final List<Long> LIVE_SESSIONS = Stream.of(
                    System.getProperty("parley.bench.live", "1000,1000000").split(","))
            .map(Long::valueOf)
            .toList();

    private Throughput() {}

    public static void main(String[] arguments) throws Exception {
        Markdown.line("%s; %d connections, %d s a row%n", Machine.describe(), CONNECTIONS, ROUND.toSeconds());
        Markdown.head(
                "load",
                "live sessions",
                "a second",
                "requests/s",
                "of /health",
                "p50 ms",
                "p99 ms",
                "whole p50",
                "p99",
                "failed");
        for (long live : LIVE_SESSIONS) {
            withLiveSessions(live);
        }
        throughPeerJs();
        rawCommits(1);
        rawCommits(CONNECTIONS);
    }

    private static void withLiveSessions(long count) throws Exception {
        try (var folder = new TemporaryFolder();
                RunningParley parley = jar(folder).start()) {
            var load = new Load(parley.uri(), CONNECTIONS);
            var live = new LiveSessions("bench");
            load.run(live, count);
            warmUp(load);
            var natively = new NativeHandshakes("measured");
            var compatibly = new RondevuHandshakes();
            handshakes("handshakes, native", count, load, natively, natively.handshakes());
            handshakes("handshakes, compatible", count, load, compatibly, compatibly.handshakes());
            LoadResult health = load.run(RequestSequence.health(), ROUND);
            LoadResult polls = load.run(new EmptyPolls(live, count), ROUND);
            row("polls that find nothing", count, polls.perSecond(), polls, health, Optional.empty());
            row("GET /health, the limit", count, health.perSecond(), health, health, Optional.empty());
            Markdown.row(
                    "memory %d MB, file %d MB"
                            .formatted(
                                    new ProcessMemory(parley.pid()).residentBytes() >> 20,
                                    Files.size(folder.path().resolve("data/parley.db")) >> 20),
                    "%,d".formatted(count),
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "");
        }
    }

    /** With {@code -Dparley.bench.encrypted=true}, payloads are encrypted. */
    private static ParleyJar jar(TemporaryFolder folder) {
        ParleyJar jar = ParleyJar.in(folder.path()).optimizing();
        return Boolean.getBoolean("parley.bench.encrypted")
                ? jar.with("PARLEY_ENCRYPTION_KEYS", Keys.setting("bench"))
                : jar;
    }

    private static void handshakes(String name, long live, Load load, RequestSequence traffic, Handshakes handshakes)
            throws InterruptedException {
        LoadResult health = load.run(RequestSequence.health(), ROUND);
        LoadResult measured = load.run(traffic, ROUND);
        Histogram took = handshakes.took();
        double perSecond = took.getTotalCount() * 1e9 / measured.time().toNanos();
        row(name, live, perSecond, measured, health, Optional.of(took));
    }

    /** @param perSecond of what is whole; {@code measured} are its requests */
    private static void row(
            String name,
            long live,
            double perSecond,
            LoadResult measured,
            LoadResult health,
            Optional<Histogram> whole) {
        Markdown.row(
                name,
                "%,d".formatted(live),
                Markdown.figure(perSecond),
                Markdown.figure(measured.perSecond()),
                Markdown.figure(measured.perSecond() / health.perSecond()),
                Markdown.figure(measured.millis(50)),
                Markdown.figure(measured.millis(99)),
                whole.map(took -> Markdown.millis(took, 50)).orElse(""),
                whole.map(took -> Markdown.millis(took, 99)).orElse(""),
                measured.failures());
    }

    /** Relayed, and not kept. */
    private static void throughPeerJs() throws Exception {
        Optional<PeerJs> peerJs = PeerJs.start();
        if (peerJs.isPresent()) {
            try (PeerJs server = peerJs.get()) {
                var load = new PeerJsHandshakes(server, PAIRS);
                load.run(ROUND);
                LoadResult measured = load.run(ROUND);
                beside("PeerJS's server, handshakes of %d pairs, in memory".formatted(PAIRS), measured, true);
            }
        }
    }

    private static void rawCommits(int rows) throws Exception {
        LoadResult measured = new RawCommits(rows).run(ROUND);
        beside("SQLite by JDBC, rows, %d a commit".formatted(rows), measured, false);
    }

    private static void beside(String name, LoadResult measured, boolean whole) {
        String p50 = Markdown.figure(measured.millis(50));
        String p99 = Markdown.figure(measured.millis(99));
        Markdown.row(
                name,
                "",
                Markdown.figure(measured.perSecond()),
                "",
                "",
                whole ? "" : p50,
                whole ? "" : p99,
                whole ? p50 : "",
                whole ? p99 : "",
                measured.failures());
    }

    /** Runs everything once, so that it is compiled by the time it is measured. */
    private static void warmUp(Load load) throws InterruptedException {
        for (RequestSequence traffic :
                List.of(RequestSequence.health(), new NativeHandshakes("warm"), new RondevuHandshakes())) {
            load.run(traffic, ROUND);
        }
    }
}
