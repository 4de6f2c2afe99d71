package dev.parley.bench;

import dev.parley.process.ParleyJar;
import dev.parley.process.RunningParley;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * How soon an offerer that waits has the answer: by long poll, by event stream, and by polling each second.
 *
 * <p>The clock starts when the answerer sends its answer, so the figures hold the request, the fsynced commit and the wake-up; from
 * the commit it is less. The answerer's own reply, which leaves at the same commit, is measured beside it.
 */
public final class WakeUps {
    private static final int PAIRS = Integer.getInteger("parley.bench.pairs", 8);
    private static final int ROUNDS = Integer.getInteger("parley.bench.rounds", 500);
    private static final int POLLING_PAIRS = 100;
    private static final int POLLING_ROUNDS = 5;
    private static final long POLL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int THINKING_MICROS_MAX = 20_000;
    private static final int POLLING_THINKING_MICROS_MAX = 1_000_000;
    private static final long MICROS_MAX = TimeUnit.MINUTES.toMicros(1);

    /** How an offerer learns of the answer. */
    private enum Way {
        LONG_POLL("long poll"),
        STREAM("event stream"),
        POLL("a poll each second");

        private final String words;

        Way(String words) {
            this.words = words;
        }
    }

    private final URI server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger meetings = new AtomicInteger();

    private WakeUps(URI server) {
        this.server = server;
    }

    public static void main(String[] arguments) throws Exception {
        try (var folder = new TemporaryFolder();
                RunningParley parley = ParleyJar.in(folder.path()).start()) {
            new WakeUps(parley.uri()).run();
        }
    }

    private void run() throws Exception {
        try {
            for (Way way : Way.values()) {
                measure(way, PAIRS, ROUNDS, way == Way.POLL ? 0 : THINKING_MICROS_MAX); // to have all compiled
            }
            print(
                    "| the offerer learns by | pairs at once | answers | p50 ms | p99 ms | answerer's own reply p50 ms | p99 ms |%n");
            print("|---|---:|---:|---:|---:|---:|---:|%n");
            for (Way way : List.of(Way.LONG_POLL, Way.STREAM)) {
                print(way, 1, measure(way, 1, ROUNDS, THINKING_MICROS_MAX));
                print(way, PAIRS, measure(way, PAIRS, ROUNDS, THINKING_MICROS_MAX));
            }
            print(
                    Way.POLL,
                    POLLING_PAIRS,
                    measure(Way.POLL, POLLING_PAIRS, POLLING_ROUNDS, POLLING_THINKING_MICROS_MAX));
        } finally {
            threads.shutdownNow();
        }
    }

    /** @param own of the answerers' replies */
    private record Times(Histogram offerer, Histogram own) {}

    private Times measure(Way way, int pairs, int rounds, int thinkingMicrosMax) throws Exception {
        var times = new Times(new ConcurrentHistogram(MICROS_MAX, 3), new ConcurrentHistogram(MICROS_MAX, 3));
        var running = new ArrayList<Future<?>>();
        for (int i = 0; i < pairs; i++) {
            var random = new Random(i);
            running.add(threads.submit(() -> pair(way, rounds, thinkingMicrosMax, random, times)));
        }
        for (Future<?> pair : running) {
            pair.get();
        }
        return times;
    }

    private Void pair(Way way, int rounds, int thinkingMicrosMax, Random random, Times times) throws Exception {
        try (var answerer = new Connection(server);
                var offerer = new Connection(server)) {
            for (int round = 0; round < rounds; round++) {
                var meeting = new Meeting("meeting-" + meetings.incrementAndGet());
                answerer.send(meeting.open());
                answerer.receive(meeting.open());
                Future<Long> learnt = threads.submit(() -> learn(way, meeting, offerer));
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(1_000 + random.nextInt(thinkingMicrosMax + 1)));
                long sent = System.nanoTime();
                answerer.send(meeting.answer());
                answerer.receive(meeting.answer());
                times.own().recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - sent));
                times.offerer().recordValue(Math.max(0, TimeUnit.NANOSECONDS.toMicros(learnt.get() - sent)));
            }
        }
        return null;
    }

    /** Returns when the offerer had the answer. */
    private long learn(Way way, Meeting meeting, Connection offerer) throws IOException {
        return switch (way) {
            case LONG_POLL -> {
                offerer.send(meeting.longPoll());
                offerer.receive(meeting.longPoll());
                yield System.nanoTime();
            }
            case STREAM -> {
                try (var stream = new Connection(server)) {
                    stream.send(meeting.stream());
                    stream.awaitLine("data: {\"seq\":2");
                    yield System.nanoTime();
                }
            }
            case POLL -> {
                offerer.send(meeting.poll());
                while (!offerer.receive(meeting.poll()).contains("answerer")) {
                    LockSupport.parkNanos(POLL_NANOS);
                    offerer.send(meeting.poll());
                }
                yield System.nanoTime();
            }
        };
    }

    private void print(Way way, int pairs, Times times) {
        print(
                "| %s | %d | %d | %.2f | %.2f | %.2f | %.2f |%n",
                way.words,
                pairs,
                times.offerer().getTotalCount(),
                times.offerer().getValueAtPercentile(50) / 1000.0,
                times.offerer().getValueAtPercentile(99) / 1000.0,
                times.own().getValueAtPercentile(50) / 1000.0,
                times.own().getValueAtPercentile(99) / 1000.0);
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format, values);
    }
}
