package dev.parley.store.postgresql;

import dev.parley.session.SignalingException;
import dev.parley.store.Bookmark;
import dev.parley.store.Node;
import dev.parley.store.NodeState;
import dev.parley.store.RefusedBy;
import dev.parley.store.ReplyPosition;
import dev.parley.store.Served;
import dev.parley.store.StoreThreads;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A node that follows the primary and serves reads.
 *
 * <p>Its probe looks at it once an interval, and every two milliseconds while reads wait for it to come up to their bookmarks:
 * one query then serves all who wait, and they hold neither a thread nor a connection.
 */
final class ReplicaNode implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ReplicaNode.class);
    private static final Duration LOOK_WHILE_AWAITED = Duration.ofMillis(2);
    private static final Duration LOOK_WHILE_OPEN_MAX = Duration.ofMillis(200);
    private static final Duration BREAKER_PAUSE = Duration.ofSeconds(1);
    private static final long NOWHERE = -1;

    /** The replica cannot serve this read, and another node can. */
    static final class Unfit extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final String reason;

        Unfit(String reason) {
            super(reason, null, false, false);
            this.reason = reason;
        }

        /** In a word, for the metrics. */
        String reason() {
            return reason;
        }
    }

    private record Waiter(Bookmark bookmark, CompletableFuture<Boolean> reached) {}

    private final Node node;
    private final Connector connector;
    private final Connections connections = new Connections(this::open);
    private final StoreThreads calls;
    private final StoreThreads scans;
    private final PostgresHistory history;
    private final SeenTimelines seen;
    private final LagTracker course;
    private final Duration probeInterval;
    private final Duration lagMax;
    private final Breaker breaker;
    private final Silence silence;
    private final Reasons reasons = new Reasons();
    private final Queue<Waiter> waiters = new ConcurrentLinkedQueue<>();
    private final Semaphore wake = new Semaphore(0);
    private final Thread probe;
    private volatile ReplicaPosition sight = ReplicaPosition.NOTHING;
    private volatile String trouble = "not seen yet";
    private volatile long stuckAt = NOWHERE;
    private volatile boolean closing;

    ReplicaNode(
            Node node,
            Connector connector,
            StoreThreads calls,
            StoreThreads scans,
            PostgresHistory history,
            SeenTimelines seen,
            LagTracker course,
            Duration probeInterval,
            Duration silenceMax,
            Duration lagMax) {
        this.node = node;
        this.connector = connector;
        this.calls = calls;
        this.scans = scans;
        this.history = history;
        this.seen = seen;
        this.course = course;
        this.probeInterval = probeInterval;
        this.silence = new Silence(silenceMax, this::silent);
        this.lagMax = lagMax;
        this.breaker = new Breaker(BREAKER_PAUSE, System::nanoTime);
        this.probe = new Thread(this::probe, "parley-probe-" + node.name());
        this.probe.setDaemon(true);
        this.probe.start();
    }

    Node node() {
        return node;
    }

    /** Whether it answers is judged at each beat of this. */
    Silence silence() {
        return silence;
    }

    /** Whether reads may go here now; who was told so reads. */
    boolean admits() {
        return breaker.admits();
    }

    /** Whether it is in service, without asking to be let in. */
    boolean isServing() {
        return breaker.state() == Breaker.State.CLOSED;
    }

    /** Whether it answers, even if it is too far behind to be in service. */
    boolean answers() {
        return sight.inRecovery() && (isServing() || trouble.equals("lagging"));
    }

    /** Whether it was last seen behind {@code bookmark}. */
    boolean hasReached(Bookmark bookmark) {
        return sight.hasReached(bookmark);
    }

    NodeState state() {
        ReplicaPosition last = sight;
        boolean serving = isServing();
        return new NodeState(
                node,
                serving,
                serving ? "up" : trouble,
                last.replayed(),
                course.behind(last.replayed(), System.nanoTime()),
                course.bytesBehind(last.replayed()));
    }

    /**
     * Whether it has not moved since a read waited for it in vain, as where replay is paused: another would wait in vain, too.
     */
    boolean isStuck() {
        return sight.replayed() == stuckAt;
    }

    /** Completes with true as soon as the replica has reached {@code bookmark}, with false when it cannot or the time is up. */
    CompletionStage<Boolean> reach(Bookmark bookmark, Duration wait) {
        long from = sight.replayed();
        var waiter = new Waiter(bookmark, new CompletableFuture<>());
        waiters.add(waiter);
        wake.release();
        return waiter.reached
                .completeOnTimeout(false, wait.toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((reached, failure) -> {
                    if (!Boolean.TRUE.equals(reached) && sight.replayed() == from) {
                        stuckAt = from;
                    }
                });
    }

    /**
     * Answers {@code query} from one state of this replica; the stage fails with {@link Unfit} where another node is to be
     * asked.
     *
     * @param scan whether it may take its time
     * @param atLeast what that state must have reached; null for any
     */
    <T> CompletionStage<Served<T>> read(NodeQuery<T> query, boolean scan, @Nullable Bookmark atLeast) {
        return (scan ? scans : calls).run(() -> answered(query, atLeast));
    }

    private <T> Served<T> answered(NodeQuery<T> query, @Nullable Bookmark atLeast) {
        NodeConnection connection;
        try {
            connection = connections.take();
        } catch (SQLException e) {
            failed(e);
            throw new Unfit("connection");
        }
        try {
            if (atLeast != null && !isSeenBehind(connection, atLeast)) {
                connections.rest(connection);
                throw new Unfit("behind");
            }
            T result;
            try {
                result = query.on(connection);
            } catch (SignalingException refusal) {
                ReplicaPosition after = remember(connection, connection.sightBehindQuery());
                connections.rest(connection);
                breaker.served();
                throw new RefusedBy(refusal, new ReplyPosition(word(connection, after), node, false));
            } catch (RuntimeException fault) {
                connections.discard(connection);
                throw fault;
            }
            ReplicaPosition after = remember(connection, connection.sightBehindQuery());
            connections.rest(connection);
            breaker.served();
            return new Served<>(result, word(connection, after), node, false);
        } catch (SQLException e) {
            connections.discard(connection, e);
            if (PostgresFailure.isOfConnection(e)) {
                failed(e);
                throw new Unfit("connection");
            }
            throw new Unfit("statement"); // such as one that stood in the way of replay
        }
    }

    private String word(NodeConnection connection, ReplicaPosition after) {
        return history.word(after.bookmark(connection.hello().system()));
    }

    /** Whether this run of the server has reached {@code bookmark}; what was seen of an earlier run does not count. */
    private boolean isSeenBehind(NodeConnection connection, Bookmark bookmark) throws SQLException {
        ReplicaPosition last = sight;
        return (last.started() == connection.hello().started() && last.hasReached(bookmark))
                || look(connection).hasReached(bookmark);
    }

    private ReplicaPosition look(NodeConnection connection) throws SQLException {
        return remember(connection, connection.sight());
    }

    private ReplicaPosition remember(NodeConnection connection, ReplicaPosition found) throws SQLException {
        if (!found.inRecovery()) {
            throw new SQLException("It was promoted", PostgresFailure.IN_RECOVERY);
        }
        sight = found;
        history.saw(found.bookmark(connection.hello().system()));
        return found;
    }

    private NodeConnection open() throws SQLException {
        return connector.open((connection, statements, hello) -> {
            if (!hello.inRecovery()) {
                seen.saw(hello.system(), hello.timeline());
                throw new SQLException("It is not in recovery: it was promoted", PostgresFailure.IN_RECOVERY);
            }
            if (hello.system() != history.lineage().system()) {
                throw new SQLException("It belongs to another cluster", "08004");
            }
            return new NodeConnection(connection, statements, hello, null);
        });
    }

    private void failed(SQLException e) {
        if (isServing()) {
            warn(e);
        }
        trouble = PostgresFailure.IN_RECOVERY.equals(e.getSQLState()) ? "promoted" : "failing";
        breaker.bad();
        waiters.forEach(waiter -> waiter.reached.complete(false));
    }

    private void warn(SQLException e) {
        reasons.warn("Replica " + node.name() + " is out of service", e);
    }

    /** It hangs: its connections stand, and no answer comes. Who reads there is served elsewhere. */
    private void silent() {
        failed(new SQLException("It does not answer", "08006"));
        connections.breakAll();
        calls.failAll(() -> new Unfit("silent"));
        scans.failAll(() -> new Unfit("silent"));
    }

    private void probe() {
        NodeConnection own = null;
        while (!closing) {
            try {
                if (own == null) {
                    own = connections.take();
                }
                silence.asked(own.roundTrip());
                ReplicaPosition found = look(own);
                silence.broken();
                judge(found);
            } catch (SQLException e) {
                silence.broken();
                if (own == null) {
                    warn(e);
                } else {
                    connections.discard(own, e);
                    own = null;
                }
                failed(e);
            } catch (RuntimeException e) {
                LOG.errorf(e, "The probe of %s met a fault", node.name());
            }
            tellWaiters();
            pause();
        }
        if (own != null) {
            connections.discard(own);
        }
        waiters.forEach(waiter -> waiter.reached.complete(false));
    }

    private void judge(ReplicaPosition found) {
        if (course.behind(found.replayed(), System.nanoTime()).compareTo(lagMax) > 0) {
            if (isServing()) {
                LOG.warnf("Replica %s is out of service: it lags", node.name());
            }
            trouble = "lagging";
            breaker.bad();
            return;
        }
        boolean wasServing = isServing();
        breaker.good();
        if (!wasServing && isServing()) {
            LOG.infof("Replica %s is in service", node.name());
            reasons.forget();
        }
    }

    private void tellWaiters() {
        for (Waiter waiter : waiters) {
            if (hasReached(waiter.bookmark)) {
                waiter.reached.complete(true);
            }
        }
        waiters.removeIf(waiter -> waiter.reached.isDone());
    }

    private void pause() {
        Duration time;
        if (!isServing()) {
            time = probeInterval.compareTo(LOOK_WHILE_OPEN_MAX) < 0 ? probeInterval : LOOK_WHILE_OPEN_MAX;
        } else {
            time = waiters.isEmpty() ? probeInterval : LOOK_WHILE_AWAITED;
        }
        try {
            boolean awaited = wake.tryAcquire(time.toNanos(), TimeUnit.NANOSECONDS);
            if (awaited) {
                wake.drainPermits();
            }
        } catch (InterruptedException e) {
            closing = true;
        }
    }

    @Override
    public void close() {
        calls.close();
        scans.close();
        closing = true;
        wake.release();
        connections.close();
    }
}
