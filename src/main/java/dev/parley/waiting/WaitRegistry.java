package dev.parley.waiting;

import dev.parley.session.SessionKey;
import dev.parley.session.SessionKey.SessionMark;
import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.Busy;
import dev.parley.session.SignalingException.TooManyWaits;
import dev.parley.waiting.Wait.Waiter;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for a session, by session. {@link #committed} wakes those of this node and notifies the other nodes, which
 * wake theirs.
 *
 * <p>Each waiting request also checks its session when that should have expired, because expiry is not a commit, and at a fixed
 * interval, because a notification between nodes may be lost.
 */
@Singleton
public final class WaitRegistry implements AutoCloseable {
    private static final Duration RECHECK_AMONG_NODES = Duration.ofSeconds(5);
    private static final Duration RECHECK_ALONE = Duration.ofSeconds(60);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(2);

    private final Vertx vertx;
    private final WaitConfig limits;
    private final Duration recheck;
    private final NodeNotifications nodes;
    private final InstantSource clock;

    /** The lists are replaced, never changed, so that a commit iterates over them without a lock. */
    private final ConcurrentHashMap<SessionKey, List<Wait>> waits = new ConcurrentHashMap<>();

    /** The keys of {@link #waits} by their marks, which are all that other nodes send. Changes with {@link #waits}. */
    private final ConcurrentHashMap<SessionMark, SessionKey> keys = new ConcurrentHashMap<>();

    private final AtomicInteger total = new AtomicInteger();
    private final ConcurrentHashMap<String, Integer> perClient = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> empty = new CompletableFuture<>();
    private volatile boolean closing;

    public WaitRegistry(Vertx vertx, WaitConfig limits, NodeNotifications nodes, InstantSource clock) {
        this.vertx = vertx;
        this.limits = limits;
        // An SQLite store has one server, which misses no commit of its own.
        this.recheck = limits.recheck().orElse(nodes == NodeNotifications.NONE ? RECHECK_ALONE : RECHECK_AMONG_NODES);
        this.nodes = nodes;
        this.clock = clock;
        nodes.listen(new FromOtherNodes());
    }

    /**
     * Registers {@code waiter}, whose checks run on the caller's event loop. The caller wakes it once, to find what was committed
     * before it was registered.
     *
     * @param client the address that the limit per client counts
     * @throws TooManyWaits if the session or the client has the maximum number of waiting requests
     * @throws Busy if this process has, or is stopping
     */
    public Wait join(SessionKey key, String client, Waiter waiter) {
        var wait = new Wait(this::remove, key, client, waiter, vertx.getOrCreateContext(), clock, recheck);
        int all = total.incrementAndGet();
        int ofClient = perClient.merge(client, 1, Integer::sum);
        List<Wait> ofSession = waits.compute(key, (same, others) -> others == null ? first(wait) : with(others, wait));
        SignalingException refusal = refusal(all, ofClient, ofSession.size());
        if (refusal != null) {
            wait.leave();
            throw refusal;
        }
        return wait;
    }

    private @Nullable SignalingException refusal(int all, int ofClient, int ofSession) {
        if (closing) {
            return new Busy("The service is stopping; retry in a moment.", RETRY_AFTER);
        }
        if (all > limits.total()) {
            return new Busy(
                    "This server has the maximum number of waiting requests; retry later, or without waiting.",
                    RETRY_AFTER);
        }
        if (ofClient > limits.perClient()) {
            return new TooManyWaits(
                    "This client has the maximum of " + limits.perClient()
                            + " waiting requests; end one, or retry without waiting.",
                    RETRY_AFTER);
        }
        return ofSession <= limits.perSession()
                ? null
                : new TooManyWaits(
                        "This session has the maximum of " + limits.perSession()
                                + " waiting requests; retry later, or without waiting.",
                        RETRY_AFTER);
    }

    private List<Wait> first(Wait wait) {
        keys.put(wait.key().mark(), wait.key());
        return List.of(wait);
    }

    private static List<Wait> with(List<Wait> others, Wait wait) {
        return Stream.concat(others.stream(), Stream.of(wait)).toList();
    }

    /** Wakes all requests, here and on other nodes, that wait for the session. Call it after the commit. */
    public void committed(SessionKey key) {
        wake(key);
        nodes.committed(key);
    }

    private void wake(@Nullable SessionKey key) {
        List<Wait> woken = key == null ? null : waits.get(key);
        if (woken != null) {
            woken.forEach(Wait::wake);
        }
    }

    private final class FromOtherNodes implements NodeNotifications.Listener {
        @Override
        public void committed(SessionMark session) {
            wake(keys.get(session));
        }

        @Override
        public void missed() {
            waits.values().forEach(all -> all.forEach(Wait::wake));
        }
    }

    private void remove(Wait wait) {
        waits.computeIfPresent(wait.key(), (key, all) -> without(all, wait));
        perClient.computeIfPresent(wait.client(), (client, count) -> count == 1 ? null : count - 1);
        total.decrementAndGet();
        completeWhenEmpty();
    }

    private @Nullable List<Wait> without(List<Wait> all, Wait wait) {
        List<Wait> others = all.stream().filter(other -> other != wait).toList();
        if (others.isEmpty()) {
            keys.remove(wait.key().mark());
            return null;
        }
        return others;
    }

    private void completeWhenEmpty() {
        if (closing && total.get() == 0) {
            empty.complete(null);
        }
    }

    /** The number of waiting requests. */
    public int size() {
        return total.get();
    }

    /** Whether no trace of any waiting request remains. */
    boolean isEmpty() {
        return waits.isEmpty() && keys.isEmpty() && total.get() == 0 && perClient.isEmpty();
    }

    /** Accepts no more requests and ends those that wait; returns when all have ended, or after two seconds. */
    @Override
    public void close() {
        closing = true;
        completeWhenEmpty();
        waits.values().forEach(all -> all.forEach(Wait::stop));
        empty.completeOnTimeout(null, CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
