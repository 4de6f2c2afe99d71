package dev.parley.bench;

import io.netty.channel.Channel;
import io.netty.channel.nio.NioEventLoopGroup;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Whole handshakes through PeerJS's relay, fourteen messages each: an offer, an answer and six candidates a side, all of which
 * have arrived. Each pair begins the next when one is done.
 */
final class PeerJsHandshakes {
    private static final int CANDIDATES = 6;
    private static final int MESSAGES = 2 + 2 * CANDIDATES;
    private static final long MICROS_MAX = TimeUnit.MINUTES.toMicros(1);

    private final PeerJs server;
    private final int pairs;

    PeerJsHandshakes(PeerJs server, int pairs) {
        this.server = server;
        this.pairs = pairs;
    }

    /** One handshake is one of what is {@link LoadResult}. */
    LoadResult run(Duration time) throws InterruptedException {
        var loop = new NioEventLoopGroup(1);
        var took = new Histogram(MICROS_MAX, 3);
        try {
            long begin = System.nanoTime();
            long end = begin + time.toNanos();
            for (int i = 0; i < pairs; i++) {
                new Pair("pair-" + begin + "-" + i, took, end).begin(loop);
            }
            TimeUnit.NANOSECONDS.sleep(end - System.nanoTime());
            return new LoadResult(time, took, 0);
        } finally {
            loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    /** All pairs run on the loop's one thread, so what they share needs no lock. */
    private final class Pair {
        private final String offererId;
        private final String answererId;
        private final Histogram took;
        private final long end;
        private int arrived;
        private long begun;

        Pair(String name, Histogram took, long end) {
            this.offererId = name + "-offerer";
            this.answererId = name + "-answerer";
            this.took = took;
            this.end = end;
        }

        void begin(NioEventLoopGroup loop) throws InterruptedException {
            var peers = new Channel[2];
            peers[0] = server.peer(offererId, loop, text -> arrived(peers));
            peers[1] = server.peer(answererId, loop, text -> {
                if (text.startsWith("{\"type\":\"OFFER\"")) {
                    say(peers[1], "ANSWER", offererId, "answer");
                }
                arrived(peers);
            });
            peers[0].eventLoop().execute(() -> offer(peers[0]));
        }

        private void offer(Channel offerer) {
            arrived = 0;
            begun = System.nanoTime();
            say(offerer, "OFFER", answererId, "offer");
        }

        private void say(Channel peer, String type, String to, String description) {
            PeerJs.send(peer, type, to, PeerJs.description(description));
            for (int i = 0; i < CANDIDATES; i++) {
                PeerJs.send(peer, "CANDIDATE", to, PeerJs.candidate(description, i));
            }
        }

        private void arrived(Channel[] peers) {
            long now = System.nanoTime();
            if (++arrived == MESSAGES && now < end) {
                took.recordValue(TimeUnit.NANOSECONDS.toMicros(now - begun));
                offer(peers[0]);
            }
        }
    }
}
