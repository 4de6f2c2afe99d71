package dev.parley.packaged;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.packaged.AcknowledgedWrite.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Peers that open sessions, answer and trickle without a pause, several in the same session at once, and record the replies. Each
 * continues until its server does not reply any more, or until {@link #leave()}.
 */
public final class ConcurrentPeers implements AutoCloseable {
    /** Few, so that peers write to the same sessions: each write goes to one of the latest. */
    private static final int LATEST = 12;

    private static final int LEAVE_SECONDS_MAX = 120;

    private final ParleyClient client;
    private final String name;
    private final LongSupplier clock;
    private final AtomicReferenceArray<@Nullable AcknowledgedSession> latest = new AtomicReferenceArray<>(LATEST);
    private final Collection<AcknowledgedSession> sessions = new ConcurrentLinkedQueue<>();
    private final Collection<String> unexpected = new ConcurrentLinkedQueue<>();
    private final CountDownLatch acknowledgements;
    private final List<Thread> peers;
    private volatile boolean leaving;

    private ConcurrentPeers(
            ParleyClient client, int peers, long seed, int acknowledgementsAwaited, LongSupplier clock) {
        this.client = client;
        this.clock = clock;
        this.name = Long.toString(seed, Character.MAX_RADIX).replace('-', 'n');
        this.acknowledgements = new CountDownLatch(acknowledgementsAwaited);
        this.peers = IntStream.range(0, peers)
                .mapToObj(peer -> new Thread(() -> live(new Random(seed + peer), name + "-" + peer), "peer-" + peer))
                .toList();
    }

    /**
     * Starts peers that call a server.
     *
     * @param seed determines the actions; several groups of peers on one store need different seeds
     * @param acknowledgementsAwaited the number that {@link #awaitAcknowledgements} waits for
     */
    public static ConcurrentPeers actingOn(ParleyClient client, int peers, long seed, int acknowledgementsAwaited) {
        return actingOn(client, peers, seed, acknowledgementsAwaited, () -> 0);
    }

    /** The same, and each acknowledgement is recorded with its time by {@code clock}. */
    public static ConcurrentPeers actingOn(
            ParleyClient client, int peers, long seed, int acknowledgementsAwaited, LongSupplier clock) {
        var acting = new ConcurrentPeers(client, peers, seed, acknowledgementsAwaited, clock);
        acting.peers.forEach(Thread::start);
        return acting;
    }

    public void awaitAcknowledgements() {
        try {
            if (!acknowledgements.await(LEAVE_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new AssertionError("Too few writes were acknowledged; other replies: " + unexpected);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while peers act", e);
        }
    }

    /** Waits until every peer has its last reply, or a broken connection. */
    public void awaitSilence() {
        try {
            for (Thread peer : peers) {
                peer.join(TimeUnit.SECONDS.toMillis(LEAVE_SECONDS_MAX));
                if (peer.isAlive()) {
                    throw new AssertionError(peer.getName() + " still acts");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while peers act", e);
        }
    }

    /** Ends every peer after its current request. */
    public void leave() {
        leaving = true;
        awaitSilence();
    }

    public List<AcknowledgedSession> sessions() {
        return List.copyOf(sessions);
    }

    /** Replies that were neither a success nor a conflict with an earlier answer. */
    public Collection<String> unexpected() {
        return unexpected;
    }

    @Override
    public void close() {
        leave();
    }

    private void live(Random random, String peer) {
        try {
            for (int turn = 0; !leaving; turn++) {
                act(random, peer + "-" + turn);
            }
        } catch (NoReply e) {
            // the server has ended, and so does the peer
        } catch (RuntimeException | Error e) {
            unexpected.add(e.toString());
        }
    }

    private void act(Random random, String turn) {
        AcknowledgedSession session = latest.get(random.nextInt(LATEST));
        List<JsonNode> candidates = candidates(random, turn);
        if (session == null || random.nextInt(5) == 0) {
            var opened = new AcknowledgedSession(turn);
            sessions.add(opened);
            send(opened, AcknowledgedWrite.open(turn, token(turn), description(random, turn), candidates));
            latest.set(random.nextInt(LATEST), opened);
            return;
        }
        Optional<AcknowledgedWrite> answer = session.acknowledged(Kind.ANSWER);
        if (answer.isEmpty() && random.nextInt(3) == 0) {
            send(session, AcknowledgedWrite.answer(session.code(), token(turn), description(random, turn), candidates));
        } else if (answer.isPresent() && random.nextBoolean()) {
            String token = answer.get().token();
            send(session, AcknowledgedWrite.trickle(Kind.TRICKLE_AS_ANSWERER, session.code(), token, candidates));
        } else {
            String token = token(session.code());
            send(session, AcknowledgedWrite.trickle(Kind.TRICKLE_AS_OFFERER, session.code(), token, candidates));
        }
    }

    private void send(AcknowledgedSession session, AcknowledgedWrite write) {
        ServerReply reply = session.remember(write).send(client, clock);
        if (reply.isSuccess()) {
            acknowledgements.countDown();
        } else if (write.kind() != Kind.ANSWER || reply.status() != 409) {
            unexpected.add(write + ": " + reply);
        }
    }

    private static String token(String turn) {
        return "the-own-secret-of-peer-" + turn;
    }

    /** Text of the length of a real description, with characters that are special in JSON, SQL and character sets. */
    private static String description(Random random, String turn) {
        return "v=0\r\no=- %s \"quoted\\\" 'single'; \t\u0001 ä€😀\r\n".formatted(turn)
                + "a=candidate\r\n".repeat(random.nextInt(200));
    }

    private static List<JsonNode> candidates(Random random, String turn) {
        var candidates = new ArrayList<JsonNode>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            String text = "candidate:%s-%d 1 udp 2122260223 192.0.2.1 5000%d typ host é".formatted(turn, i, i);
            JsonNodeFactory json = JsonNodeFactory.instance;
            candidates.add(
                    random.nextBoolean()
                            ? json.textNode(text)
                            : json.objectNode()
                                    .put("sdpMid", "0")
                                    .put("candidate", text)
                                    .put("sdpMLineIndex", 0)
                                    .putNull("usernameFragment"));
        }
        return candidates;
    }
}
