package dev.parley.waiting;

import dev.parley.session.Event.Events;
import dev.parley.session.KeyMark;
import dev.parley.session.SessionKey;
import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.Busy;
import dev.parley.session.SignalingException.TooManyWaits;
import dev.parley.session.TopicKey;
import dev.parley.store.Served;
import dev.parley.waiting.Wait.Waiter;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for a session, by session. {@link #committed(SessionKey, long, Served)} passes the events of a commit to those of
 * this node and notifies the other nodes, which wake theirs. Requests that wait for a topic share its list, which listens here
 * for the commits that change it.
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
    private final ConcurrentHashMap<KeyMark, SessionKey> keys = new ConcurrentHashMap<>();

    private final TopicListeners topics = new TopicListeners();

    /** One for each request that waits for a topic: ends it. */
    private final Set<Runnable> stops = ConcurrentHashMap.newKeySet();

    private final AtomicInteger total = new AtomicInteger();

    /** The watches of channels among {@link #total}. */
    private final AtomicInteger ofChannels = new AtomicInteger();

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
     * Registers {@code waiter}, whose steps run on the caller's event loop from {@link Wait#begin} on.
     *
     * @param client the address that the limit per client counts; null for a watch of a channel, which has its own limits
     * @throws TooManyWaits if the session or the client has the maximum number of waiting requests
     * @throws Busy if this process has, or is stopping
     */
    public Wait join(SessionKey key, @Nullable String client, Waiter waiter) {
        var wait = new Wait(this::remove, key, client, waiter, vertx.getOrCreateContext(), clock, recheck);
        Counts counts = count(client);
        List<Wait> ofSession = waits.compute(key, (same, others) -> others == null ? first(wait) : with(others, wait));
        SignalingException refusal = refusal(counts, ofSession.size());
        if (refusal != null) {
            wait.leave();
            throw refusal;
        }
        return wait;
    }

    /**
     * Counts a request that waits for a topic, until the returned task runs for the first time.
     *
     * @param client as in {@link #join}
     * @param stop ends the request soon, and no other one; called when the service stops
     * @throws TooManyWaits if the client has the maximum number of waiting requests
     * @throws Busy if this process has, or is stopping
     */
    public Runnable enter(@Nullable String client, Runnable stop) {
        Runnable leave = () -> {
            if (stops.remove(stop)) {
                uncount(client);
            }
        };
        Counts counts = count(client);
        stops.add(stop);
        SignalingException refusal = refusal(counts, 0);
        if (refusal != null) {
            leave.run();
            throw refusal;
        }
        return leave;
    }

    /** The requests that the limits count, of which one is new. */
    private record Counts(int all, int ofClient) {}

    private Counts count(@Nullable String client) {
        if (client == null) {
            ofChannels.incrementAndGet();
            total.incrementAndGet();
            return new Counts(0, 0);
        }
        return new Counts(total.incrementAndGet() - ofChannels.get(), perClient.merge(client, 1, Integer::sum));
    }

    private @Nullable SignalingException refusal(Counts counts, int ofSession) {
        if (closing) {
            return new Busy("The service is stopping; retry in a moment.", RETRY_AFTER);
        }
        if (counts.all > limits.total()) {
            return new Busy(
                    "This server has the maximum number of waiting requests; retry later, or without waiting.",
                    RETRY_AFTER);
        }
        if (counts.ofClient > limits.perClient()) {
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

    /**
     * As above, for a commit whose events are known: a request of this node reads only if they do not continue what it has.
     *
     * @param seq the number of the session's last event
     * @param appended the events of the commit; empty where it only changed when the session expires, or repeated what was stored
     */
    public void committed(SessionKey key, long seq, Served<Events> appended) {
        List<Wait> all = waits.get(key);
        if (all != null) {
            var commit = new EventBatch(appended, seq);
            all.forEach(wait -> wait.committed(commit));
        }
        nodes.committed(key);
    }

    /** Calls the listener of the topic, here and on other nodes. Call it after a commit that changes which sessions are listed. */
    public void committed(TopicKey topic) {
        topics.changed(topic);
        nodes.committed(topic);
    }

    /** Calls {@code listener} after each commit that changes the list of the topic, until {@link #unlisten}. One per topic. */
    public void listen(TopicKey topic, Runnable listener) {
        topics.add(topic, listener);
    }

    public void unlisten(TopicKey topic) {
        topics.remove(topic);
    }

    /** How often a waiting request reads without a notification. */
    public Duration recheck() {
        return recheck;
    }

    private void wake(@Nullable SessionKey key) {
        List<Wait> woken = key == null ? null : waits.get(key);
        if (woken != null) {
            woken.forEach(Wait::wake);
        }
    }

    private final class FromOtherNodes implements NodeNotifications.Listener {
        @Override
        public void committed(KeyMark changed) {
            wake(keys.get(changed));
            topics.changed(changed);
        }

        @Override
        public void missed() {
            waits.values().forEach(all -> all.forEach(Wait::wake));
            topics.allChanged();
        }
    }

    private void remove(Wait wait) {
        waits.computeIfPresent(wait.key(), (key, all) -> without(all, wait));
        uncount(wait.client());
    }

    private void uncount(@Nullable String client) {
        total.decrementAndGet();
        if (client == null) {
            ofChannels.decrementAndGet();
        } else {
            perClient.computeIfPresent(client, (same, count) -> count == 1 ? null : count - 1);
        }
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
        return waits.isEmpty()
                && keys.isEmpty()
                && topics.isEmpty()
                && stops.isEmpty()
                && total.get() == 0
                && perClient.isEmpty();
    }

    /** Accepts no more requests and ends those that wait; returns when all have ended, or after two seconds. */
    @Override
    public void close() {
        closing = true;
        completeWhenEmpty();
        waits.values().forEach(all -> all.forEach(Wait::stop));
        stops.forEach(Runnable::run);
        empty.completeOnTimeout(null, CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
