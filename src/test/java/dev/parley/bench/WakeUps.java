package dev.parley.bench;

import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.RunningParley;
import io.netty.channel.Channel;
import io.netty.channel.nio.NioEventLoopGroup;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * How soon an offerer that waits has the answer: by long poll, by event stream, and by polling each second; at the node that
 * takes the answer, at another one over PostgreSQL, and beside them through PeerJS's relay.
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

    /** @param own of the answerers' replies; empty where there are none */
    private record Times(Histogram offerer, Histogram own) {
        Times() {
            this(new ConcurrentHistogram(MICROS_MAX, 3), new ConcurrentHistogram(MICROS_MAX, 3));
        }

        void record(long sent, long replied, long learnt) {
            own.recordValue(TimeUnit.NANOSECONDS.toMicros(replied - sent));
            offerer.recordValue(Math.max(0, TimeUnit.NANOSECONDS.toMicros(learnt - sent)));
        }
    }

    private final URI answerers;
    private final URI offerers;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger meetings = new AtomicInteger();

    /** @param answerers the node to which answers are sent; {@code offerers} is where offerers wait */
    private WakeUps(URI answerers, URI offerers) {
        this.answerers = answerers;
        this.offerers = offerers;
    }

    public static void main(String[] arguments) throws Exception {
        Markdown.head(
                "the offerer learns by",
                "pairs at once",
                "answers",
                "p50 ms",
                "p99 ms",
                "answerer's own reply p50 ms",
                "p99 ms");
        atOneNode();
        acrossNodes();
        throughPeerJs();
    }

    private static void atOneNode() throws Exception {
        try (var folder = new TemporaryFolder();
                RunningParley parley = ParleyJar.in(folder.path()).optimizing().start()) {
            new WakeUps(parley.uri(), parley.uri()).run("", List.of(Way.values()));
        }
    }

    static void acrossNodes() throws Exception {
        try (var folder = new TemporaryFolder();
                TwoBenchNodes nodes = TwoBenchNodes.start(folder)) {
            new WakeUps(nodes.one().uri(), nodes.other().uri())
                    .run(" at another node", List.of(Way.LONG_POLL, Way.STREAM));
        }
    }

    static void throughPeerJs() throws Exception {
        Optional<PeerJs> peerJs = PeerJs.start();
        if (peerJs.isPresent()) {
            try (PeerJs server = peerJs.get()) {
                relay(server, PAIRS, ROUNDS);
                print("PeerJS's relay", 1, relay(server, 1, ROUNDS));
                print("PeerJS's relay", PAIRS, relay(server, PAIRS, ROUNDS));
            }
        }
    }

    private void run(String where, List<Way> ways) throws Exception {
        try {
            for (Way way : List.of(Way.LONG_POLL, Way.STREAM)) {
                measure(way, PAIRS, ROUNDS, 0); // to have all compiled
            }
            for (Way way : ways) {
                if (way == Way.POLL) {
                    print(
                            way.words + where,
                            POLLING_PAIRS,
                            measure(way, POLLING_PAIRS, POLLING_ROUNDS, POLLING_THINKING_MICROS_MAX));
                } else {
                    print(way.words + where, 1, measure(way, 1, ROUNDS, THINKING_MICROS_MAX));
                    print(way.words + where, PAIRS, measure(way, PAIRS, ROUNDS, THINKING_MICROS_MAX));
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private Times measure(Way way, int pairs, int rounds, int thinkingMicrosMax) throws Exception {
        var times = new Times();
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
        try (var answerer = new Connection(answerers);
                var offerer = new Connection(offerers)) {
            for (int round = 0; round < rounds; round++) {
                var meeting = new SessionRequests("meeting-" + meetings.incrementAndGet());
                answerer.send(meeting.open());
                answerer.receive(meeting.open());
                Future<Long> learnt = threads.submit(() -> learn(way, meeting, offerer));
                think(random, thinkingMicrosMax);
                long sent = System.nanoTime();
                answerer.send(meeting.answer());
                answerer.receive(meeting.answer());
                long replied = System.nanoTime();
                times.record(sent, replied, learnt.get());
            }
        }
        return null;
    }

    private static void think(Random random, int microsMax) {
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(3_000 + random.nextInt(microsMax + 1)));
    }

    /** Returns when the offerer had the answer. */
    private long learn(Way way, SessionRequests meeting, Connection offerer) throws IOException {
        return switch (way) {
            case LONG_POLL -> {
                offerer.send(meeting.longPoll());
                offerer.receive(meeting.longPoll());
                yield System.nanoTime();
            }
            case STREAM -> {
                try (var stream = new Connection(offerers)) {
                    stream.send(meeting.stream());
                    stream.awaitLine("data: {\"seq\":2");
                    yield System.nanoTime();
                }
            }
            case POLL -> {
                offerer.send(meeting.poll());
                while (!offerer.receive(meeting.poll()).body().contains("answerer")) {
                    LockSupport.parkNanos(POLL_NANOS);
                    offerer.send(meeting.poll());
                }
                yield System.nanoTime();
            }
        };
    }

    /** The same by a relay: the answer is sent to it, and nothing comes back. */
    private static Times relay(PeerJs server, int pairs, int rounds) throws Exception {
        var times = new Times();
        var loop = new NioEventLoopGroup(1);
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            var running = new ArrayList<Future<?>>();
            for (int i = 0; i < pairs; i++) {
                var random = new Random(i);
                String name = "meeting-" + System.nanoTime() + "-" + i;
                running.add(threads.submit(() -> relayed(server, loop, name, rounds, random, times.offerer())));
            }
            for (Future<?> pair : running) {
                pair.get();
            }
            return times;
        } finally {
            threads.shutdownNow();
            loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    private static Void relayed(
            PeerJs server, NioEventLoopGroup loop, String name, int rounds, Random random, Histogram times)
            throws Exception {
        var heard = new LinkedBlockingQueue<Long>();
        Channel offerer = server.peer(name + "-offerer", loop, text -> heard.add(System.nanoTime()));
        Channel answerer = server.peer(name + "-answerer", loop, text -> {});
        for (int round = 0; round < rounds; round++) {
            think(random, THINKING_MICROS_MAX);
            long sent = System.nanoTime();
            PeerJs.send(answerer, "ANSWER", name + "-offerer", PeerJs.description("answer"));
            times.recordValue(TimeUnit.NANOSECONDS.toMicros(heard.take() - sent));
        }
        offerer.close().sync();
        answerer.close().sync();
        return null;
    }

    private static void print(String way, int pairs, Times times) {
        boolean replies = times.own().getTotalCount() > 0;
        Markdown.row(
                way,
                pairs,
                times.offerer().getTotalCount(),
                Markdown.millis(times.offerer(), 50),
                Markdown.millis(times.offerer(), 99),
                replies ? Markdown.millis(times.own(), 50) : "",
                replies ? Markdown.millis(times.own(), 99) : "");
    }
}
