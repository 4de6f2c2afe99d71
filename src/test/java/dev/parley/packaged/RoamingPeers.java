package dev.parley.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Offerers who write and read without a pause, each time through a node taken at random, and carry their bookmark along. They hold
 * each reply to its promise: what they read with the bookmark is at least as new, what takes any state is never refused, a
 * refusal comes within a second and says when to try again, and all of them, through either API, say how new they are and who
 * served them. What broke a promise is in {@link #surprises()}.
 */
final class RoamingPeers implements AutoCloseable {
    private static final List<String> LISTS = List.of("/api/v1/topics", "/topics");
    private static final String ANY_STATE = "first-unconstrained";
    private static final String LATEST_STATE = "first-primary";
    private static final Pattern BOOKMARK = Pattern.compile("2-[0-9a-f]{24}-[0-9a-f]{16}");

    /** A second on a machine that does nothing else; without the refusal a call takes as long as a statement may, 5 s. */
    private static final long REFUSAL_NANOS_MAX = Duration.ofSeconds(4).toNanos();

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int SOME = 200;

    /** Of one session; its bound is 256. */
    private static final int WRITES_MAX = 200;

    /**
     * A write that was acknowledged.
     *
     * @param seq of the event that it became
     * @param bookmark that came with the acknowledgement
     */
    record Acknowledged(String code, String candidate, long seq, String bookmark) {}

    /** How often what happened so far. */
    record Counts(int writes, int reads, int readsOfAnyStateByReplicas, int refusals, int resets) {}

    private final List<RunningParley> nodes;
    private final List<Thread> peers;
    private final Collection<Acknowledged> acknowledged = new ConcurrentLinkedQueue<>();
    private final Collection<String> surprises = new ConcurrentLinkedQueue<>();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger readsOfAnyStateByReplicas = new AtomicInteger();
    private final AtomicInteger refusals = new AtomicInteger();
    private final AtomicInteger resets = new AtomicInteger();
    private final AtomicLong longestRefusalNanos = new AtomicLong();
    private volatile boolean leaving;

    private RoamingPeers(List<RunningParley> nodes, int peers, long seed) {
        this.nodes = nodes;
        this.peers = IntStream.range(0, peers)
                .mapToObj(peer -> new Thread(() -> new Peer(new Random(seed + peer)).live(), "wanderer-" + peer))
                .toList();
    }

    /** @param seed decides who goes where */
    static RoamingPeers among(List<RunningParley> nodes, int peers, long seed) {
        var wanderers = new RoamingPeers(nodes, peers, seed);
        wanderers.peers.forEach(Thread::start);
        return wanderers;
    }

    Counts counts() {
        return new Counts(
                acknowledged.size(), reads.get(), readsOfAnyStateByReplicas.get(), refusals.get(), resets.get());
    }

    Collection<Acknowledged> acknowledged() {
        return acknowledged;
    }

    Collection<String> surprises() {
        return surprises;
    }

    Duration longestRefusal() {
        return Duration.ofNanos(longestRefusalNanos.get());
    }

    void awaitReadsByReplica() {
        int enough = readsOfAnyStateByReplicas.get() + SOME;
        awaitThat(() -> readsOfAnyStateByReplicas.get() >= enough);
    }

    void awaitMoreWritesAndReads() {
        int enough = reads.get() + SOME;
        awaitWrites(acknowledged.size() + SOME);
        awaitThat(() -> reads.get() >= enough);
    }

    void awaitWrites(int count) {
        awaitThat(() -> acknowledged.size() >= count);
    }

    void awaitRefusalsAndReadsByReplica() {
        int enough = refusals.get() + SOME;
        awaitReadsByReplica();
        awaitThat(() -> refusals.get() >= enough);
    }

    /** Looks often, since a time is measured by it; a surprise ends it. */
    private void awaitThat(Callable<Boolean> condition) {
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .failFast(() -> assertThat(surprises).isEmpty())
                .until(condition);
    }

    /** Lets every peer finish what it does. */
    void leave() {
        leaving = true;
        try {
            for (Thread peer : peers) {
                peer.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        leave();
    }

    /** One of them; it may lose its session with a primary, and then opens another. */
    private final class Peer {
        private final Random random;
        private String code = "";
        private String token = "";
        private int writes = WRITES_MAX;
        private long seq;
        private @Nullable String bookmark;

        Peer(Random random) {
            this.random = random;
        }

        void live() {
            try {
                while (!leaving) {
                    if (writes == WRITES_MAX) {
                        open();
                    } else {
                        trickle();
                        readMine();
                    }
                    readAnyState();
                    readLatestState();
                }
            } catch (RuntimeException | Error e) {
                surprises.add(e.toString());
            }
        }

        private void open() {
            String fresh = UUID.randomUUID().toString();
            token = "the-own-secret-of-" + fresh;
            ServerReply opened = timed(() -> node().open(fresh, token, "an offer", List.of()));
            if (opened.status() == 201) {
                code = fresh;
                writes = 0;
                remember(opened);
            } else {
                refused("open", opened);
            }
        }

        private void trickle() {
            writes++;
            String candidate = code + "-" + writes;
            ServerReply added =
                    timed(() -> node().trickle(code, token, List.of(JsonNodeFactory.instance.textNode(candidate))));
            if (added.status() == 201) {
                remember(added);
                acknowledged.add(new Acknowledged(code, candidate, seq, TwoPackagedNodes.bookmark(added)));
            } else if (added.status() == 404) {
                writes = WRITES_MAX; // lost with the primary; whether it may be is for the test to say
            } else {
                refused("trickle", added);
            }
        }

        private void readMine() {
            if (bookmark == null) {
                return;
            }
            String sent = bookmark;
            ServerReply read = timed(() -> node().getSince(sent, "/api/v1/sessions/" + code));
            boolean reset = TwoPackagedNodes.isReset(read);
            if (reset) {
                resets.incrementAndGet();
                seq = 0;
            }
            if (read.status() == 404 && reset) {
                writes = WRITES_MAX;
            } else if (read.status() != 200) {
                refused("read with a bookmark", read);
            } else if (read.seq() < seq) {
                surprises.add("After event " + seq + " a stale reply: " + read.text());
            } else {
                reads.incrementAndGet();
                remember(read);
            }
        }

        private void readAnyState() {
            ServerReply read = marked(node().getSince(ANY_STATE, list()));
            if (read.status() != 200) {
                surprises.add("A read of any state: " + read.status() + " " + read.text());
            } else if (!TwoPackagedNodes.isByPrimary(read)) {
                readsOfAnyStateByReplicas.incrementAndGet();
            }
        }

        private void readLatestState() {
            ServerReply read = timed(() -> node().getSince(LATEST_STATE, list()));
            if (read.status() != 200) {
                refused("read of the latest state", read);
            } else if (!TwoPackagedNodes.isByPrimary(read)) {
                surprises.add("The latest state is a replica's: " + read.text());
            }
        }

        /** Of the native API or of the compatible one. */
        private String list() {
            return LISTS.get(random.nextInt(LISTS.size()));
        }

        private ParleyClient node() {
            return nodes.get(random.nextInt(nodes.size())).client();
        }

        private void remember(ServerReply reply) {
            seq = reply.seq();
            bookmark = TwoPackagedNodes.bookmark(reply);
        }
    }

    private interface Sending {
        ServerReply send();
    }

    /** Sends what may be refused, but then soon. */
    private ServerReply timed(Sending request) {
        long since = System.nanoTime();
        ServerReply reply = marked(request.send());
        long nanos = System.nanoTime() - since;
        if (reply.status() == 503) {
            longestRefusalNanos.accumulateAndGet(nanos, Math::max);
            if (nanos > REFUSAL_NANOS_MAX) {
                surprises.add("Refused after %d ms: %s"
                        .formatted(Duration.ofNanos(nanos).toMillis(), reply));
            }
        }
        return reply;
    }

    /** A reply, which may be a refusal, with all that tells of the database. */
    private ServerReply marked(ServerReply reply) {
        HttpHeaders headers = reply.headers();
        boolean told = headers.firstValue("x-d1-bookmark")
                        .filter(BOOKMARK.asMatchPredicate())
                        .isPresent()
                && headers.firstValue("x-served-by")
                        .equals(Optional.of(TwoPackagedNodes.isByPrimary(reply) ? "main" : "copy"))
                && headers.firstValue("x-served-by-region").equals(Optional.of("here"));
        if (!told) {
            surprises.add("Nobody says who served it, or how new it is: " + reply);
        }
        return reply;
    }

    private void refused(String what, ServerReply reply) {
        refusals.incrementAndGet();
        if (reply.status() != 503 || reply.headers().firstValue("Retry-After").isEmpty()) {
            surprises.add(what + ": " + reply.status() + " " + reply.text());
        }
    }
}
