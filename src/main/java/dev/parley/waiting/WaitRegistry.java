package dev.parley.waiting;

import dev.parley.session.Event;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionMark;
import dev.parley.session.SignalingException.Busy;
import dev.parley.session.SignalingException.TooManyWaits;
import dev.parley.store.Served;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for which session. {@link #committed} and {@link #closed} wake those who wait here, and tell the neighbours, so that
 * they wake those who wait there.
 *
 * <p>That a session expires is no commit, so each waiter also looks when it should have. And as a notice may be lost between nodes,
 * it looks from time to time without having been woken.
 */
public final class WaitRegistry implements AutoCloseable {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final Duration GOODBYE_MAX = Duration.ofSeconds(2);

    private final Vertx vertx;
    private final WaitLimits bounds;
    private final WaitQuota places;
    private final NodeNotifications neighbours;
    private final InstantSource clock;

    /** The lists are never changed but replaced, so that whoever wakes goes through them without a lock. */
    private final ConcurrentHashMap<SessionKey, List<Wait>> waits = new ConcurrentHashMap<>();

    /** Under which key somebody waits for a session of which neighbours tell the mark only. Changes with {@link #waits}. */
    private final ConcurrentHashMap<SessionMark, SessionKey> marked = new ConcurrentHashMap<>();

    private final CompletableFuture<Void> empty = new CompletableFuture<>();
    private volatile boolean closing;

    /** @param neighbours are told of this node's commits, and heard from now on */
    public WaitRegistry(Vertx vertx, WaitLimits bounds, NodeNotifications neighbours, InstantSource clock) {
        this.vertx = vertx;
        this.bounds = bounds;
        this.places = new WaitQuota(bounds);
        this.neighbours = neighbours;
        this.clock = clock;
        neighbours.listen(new FromNeighbours());
    }

    /**
     * Takes a place for {@code waiter}, who looks on the event loop of the caller from now on. The caller wakes it once, to see
     * what was committed before it had the place.
     *
     * @param client who it is that waits, as far as bounds are concerned
     * @throws TooManyWaits if the session or the client has as many waiters as it may have
     * @throws Busy if this process has, or is about to stop
     */
    public Wait join(SessionKey key, String client, Waiter waiter) {
        places.take(client);
        var wait = new Wait(this, key, client, waiter, vertx.getOrCreateContext(), clock, bounds.recheck());
        try {
            waits.compute(key, (same, others) -> others == null ? first(wait) : withinBounds(others, wait));
            if (closing) {
                throw new Busy("The service is stopping; ask again in a moment.", RETRY_AFTER);
            }
        } catch (TooManyWaits | Busy e) {
            wait.leave();
            throw e;
        }
        return wait;
    }

    private List<Wait> first(Wait wait) {
        marked.put(wait.key().mark(), wait.key());
        return List.of(wait);
    }

    private List<Wait> withinBounds(List<Wait> others, Wait wait) {
        if (others.size() >= bounds.perSession()) {
            throw new TooManyWaits(
                    bounds.perSession() + " wait for this session already; ask again later, or without waiting.",
                    RETRY_AFTER);
        }
        return Stream.concat(others.stream(), Stream.of(wait)).toList();
    }

    /** Tells that something was committed in the session. Where nobody waits for it here this is one look into a map. */
    public void committed(SessionKey key) {
        wake(key);
        neighbours.committed(key);
    }

    /** Tells that the deletion of the session was committed. */
    public void closed(SessionKey key, Served<Event.Closed> last) {
        end(key, last);
        neighbours.closed(key, last);
    }

    private void wake(SessionKey key) {
        List<Wait> woken = waits.get(key);
        if (woken != null) {
            woken.forEach(Wait::wake);
        }
    }

    private void end(SessionKey key, Served<Event.Closed> last) {
        List<Wait> woken = waits.get(key);
        if (woken != null) {
            woken.forEach(wait -> wait.close(last));
        }
    }

    /** Lets those who wait here hear of what was committed elsewhere. */
    private final class FromNeighbours implements NodeNotifications.Ear {
        @Override
        public void committed(SessionMark session) {
            SessionKey key = marked.get(session);
            if (key != null) {
                wake(key);
            }
        }

        @Override
        public void closed(SessionMark session, Served<Event.Closed> last) {
            SessionKey key = marked.get(session);
            if (key != null) {
                end(key, last);
            }
        }

        @Override
        public void missed() {
            waits.values().forEach(all -> all.forEach(Wait::wake));
        }
    }

    void remove(Wait wait) {
        waits.computeIfPresent(wait.key(), (same, all) -> without(wait, all));
        places.giveBack(wait.client());
        tellWhenEmpty();
    }

    private @Nullable List<Wait> without(Wait wait, List<Wait> all) {
        List<Wait> others = all.stream().filter(other -> other != wait).toList();
        if (others.isEmpty()) {
            marked.remove(wait.key().mark());
            return null;
        }
        return others;
    }

    private void tellWhenEmpty() {
        if (closing && places.taken() == 0) {
            empty.complete(null);
        }
    }

    /** How many wait. */
    public int size() {
        return places.taken();
    }

    /** Whether nothing is left of anybody who waited. */
    boolean isEmpty() {
        return waits.isEmpty() && marked.isEmpty() && places.taken() == 0 && places.clients() == 0;
    }

    /** Takes nobody in any more, and lets all who wait end politely; returns when they have, or after two seconds. */
    @Override
    public void close() {
        closing = true;
        tellWhenEmpty();
        waits.values().forEach(all -> all.forEach(Wait::stop));
        empty.completeOnTimeout(null, GOODBYE_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
