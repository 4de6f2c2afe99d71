package dev.parley.signaling;

import dev.parley.session.Lease;
import dev.parley.session.SessionKey;
import dev.parley.session.SessionToken;
import dev.parley.session.SignalingException.SessionNotFound;
import dev.parley.session.SignalingException.TokenMissing;
import dev.parley.session.SignalingException.TokenRefused;
import dev.parley.session.TopicKey;
import dev.parley.store.Database;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.store.Statements;
import dev.parley.store.sql.LeaseStore;
import dev.parley.store.sql.LeaseStore.ClosedSession;
import dev.parley.store.sql.SessionStore;
import dev.parley.store.sql.SessionTransaction;
import dev.parley.waiting.WaitRegistry;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Sessions that are closed when their holder has been gone for the time of its lease. The end of a holder is committed with the time at
 * which its sessions are closed, so that any node closes them, also after a restart. A node that stops without that is missed by the
 * others, or by its successor. One that was missed and is alive resumes the leases of its live holders.
 */
@Singleton
public final class Leases {
    private static final int BATCH_MAX = 100;

    /** Between two calls of {@link #checkNodes}. */
    public static final Duration CHECK_INTERVAL = Duration.ofSeconds(5);

    /**
     * A node has stopped if so many checks in a row find its counter unchanged. No clock is compared, and while the primary cannot be
     * reached, the counters of all nodes stay the same, and no check counts.
     */
    private static final int LOST_CHECKS = 12;

    private final Database database;
    private final SessionStore sessions;
    private final WaitRegistry waits;
    private final InstantSource clock;
    private final SecureRandom random;
    private final long node;

    /** The holders of this node that have not ended. */
    private final Set<Long> live = ConcurrentHashMap.newKeySet();

    private volatile boolean used;
    private volatile Map<Long, Sighting> sightings = Map.of();

    /** The counter of another node, and the number of checks in a row that have found it unchanged. */
    private record Sighting(long beats, int unchanged) {}

    public Leases(
            Database database, SessionStore sessions, WaitRegistry waits, InstantSource clock, SecureRandom random) {
        this.database = database;
        this.sessions = sessions;
        this.waits = waits;
        this.clock = clock;
        this.random = random;
        this.node = random.nextLong();
    }

    /** The number of a new holder. */
    public long newHolder() {
        return random.nextLong();
    }

    /** A lease of {@code holder}, which is on this node. */
    public Lease of(long holder, Duration duration) {
        used = true;
        live.add(holder);
        return new Lease(holder, node, duration);
    }

    /**
     * Takes the lease of a session, also from another holder.
     *
     * @throws TokenRefused in the stage, if {@code token} is not the offerer's
     */
    public CompletionStage<Served<Boolean>> take(SessionKey key, @Nullable SessionToken token, Lease lease) {
        if (token == null) {
            throw new TokenMissing();
        }
        return Signaling.onCallersLoop(database.write(statements -> {
            LeaseStore.register(statements, lease.node());
            var tx = new SessionTransaction(statements, key, clock.instant());
            if (!LeaseStore.take(tx, token.hash(), lease)) {
                if (sessions.state(tx).isEmpty()) {
                    throw new SessionNotFound();
                }
                throw new TokenRefused("Only the offerer's token takes the lease of a session.");
            }
            return true;
        }));
    }

    /**
     * The holders are gone: their sessions are closed when the time of each lease is over, unless another one takes it. Returns these
     * times.
     */
    public CompletionStage<Set<Duration>> end(Collection<Long> holders) {
        List<Long> gone = List.copyOf(holders);
        gone.forEach(live::remove);
        return database.write(tx -> {
                    Instant now = clock.instant();
                    var durations = new HashSet<Duration>();
                    for (long holder : gone) {
                        durations.addAll(LeaseStore.end(tx, holder, now));
                    }
                    return (Set<Duration>) durations;
                })
                .thenApply(Served::result);
    }

    /** Closes the sessions whose lease has ended; completes when all are closed. */
    public CompletionStage<Boolean> closeOverdue() {
        return database.read(ReadFrom.PRIMARY, reader -> LeaseStore.isOverdue(reader, clock.instant()))
                .thenCompose(found -> found.result() ? closeBatch() : CompletableFuture.completedStage(true));
    }

    private CompletionStage<Boolean> closeBatch() {
        return database.write(tx -> LeaseStore.closeOverdue(tx, clock.instant(), BATCH_MAX))
                .thenCompose(served -> {
                    served.result().forEach(closed -> notifyOf(closed, served));
                    return served.result().size() == BATCH_MAX ? closeBatch() : CompletableFuture.completedStage(true);
                });
    }

    private void notifyOf(ClosedSession closed, Served<?> served) {
        waits.committed(
                closed.key(),
                closed.change().row().seq(),
                served.with(closed.change().events()));
        if (closed.change().topic() != null) {
            waits.committed(
                    new TopicKey(closed.key().namespace(), closed.change().topic()));
        }
    }

    /** Shows the other nodes that this one is alive, and ends the leases of those that are not; not called concurrently. */
    public CompletionStage<Boolean> checkNodes() {
        return database.read(ReadFrom.PRIMARY, reader -> LeaseStore.otherNodes(reader, node))
                .thenCompose(others -> used || !others.result().isEmpty()
                        ? database.write(this::checkNodes).thenApply(Served::result)
                        : CompletableFuture.completedStage(Map.<Long, Sighting>of()))
                .whenComplete((seen, failure) -> sightings = failure == null ? seen : Map.of())
                .thenApply(seen -> true);
    }

    private Map<Long, Sighting> checkNodes(Statements tx) throws SQLException {
        if (used) {
            LeaseStore.beat(tx, node);
            resumeLive(tx);
        }
        var seen = new HashMap<Long, Sighting>();
        for (Map.Entry<Long, Long> other : LeaseStore.otherNodes(tx, node).entrySet()) {
            long beats = other.getValue();
            Sighting former = sightings.get(other.getKey());
            int unchanged = former != null && former.beats == beats ? former.unchanged + 1 : 0;
            if (unchanged >= LOST_CHECKS) {
                LeaseStore.endOfNode(tx, other.getKey(), beats, clock.instant());
            }
            seen.put(other.getKey(), new Sighting(beats, unchanged));
        }
        return seen;
    }

    /** Another node has missed this one, which is alive. */
    private void resumeLive(Statements tx) throws SQLException {
        for (long holder : LeaseStore.ended(tx, node)) {
            if (live.contains(holder)) {
                LeaseStore.resume(tx, holder);
                if (!live.contains(
                        holder)) { // its end may have been committed in between; a later one waits for this transaction
                    LeaseStore.end(tx, holder, clock.instant());
                }
            }
        }
    }

    /** The start of a server: on a store that has one server only, whoever held a lease was a process that has stopped. */
    public CompletionStage<Boolean> begin() {
        return database.write(tx -> {
                    if (!tx.hasRowLocks()) {
                        for (Map.Entry<Long, Long> other :
                                LeaseStore.otherNodes(tx, node).entrySet()) {
                            LeaseStore.endOfNode(tx, other.getKey(), other.getValue(), clock.instant());
                        }
                    }
                    return true;
                })
                .thenApply(Served::result);
    }
}
