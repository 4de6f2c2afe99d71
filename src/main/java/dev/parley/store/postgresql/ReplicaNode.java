package dev.parley.store.postgresql;

import dev.parley.store.Bookmark;
import dev.parley.store.Node;
import dev.parley.store.Node.NodeState;
import dev.parley.store.ReplicaUrl;
import dev.parley.store.Served;
import dev.parley.store.Served.ReplyPosition;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A node that follows the primary and serves reads.
 *
 * <p>While reads wait for it to reach their bookmarks, the probe runs every two milliseconds: one query then serves all waiting
 * reads, which hold neither a thread nor a connection.
 */
final class ReplicaNode extends ServerNode {
    private static final Duration PROBE_WHILE_AWAITED = Duration.ofMillis(2);
    private static final Duration PROBE_WHEN_OUT_MAX = Duration.ofMillis(200);
    private static final Duration BREAKER_PAUSE = Duration.ofSeconds(1);
    private static final String LAGGING = "lagging";
    private static final long NOWHERE = -1;

    /** The replica cannot serve this read; another node can. */
    static final class Unfit extends RuntimeException {
        private static final long serialVersionUID = 1;

        /** @param reason the tag of the metric */
        Unfit(String reason) {
            super(reason, null, false, false);
        }
    }

    private record Waiter(Bookmark bookmark, CompletableFuture<Boolean> reached) {}

    private final Node node;
    private final Connector connector;
    private final PostgresHistory history;
    private final SeenTimelines seen;
    private final LagTracker lag;
    private final Duration probeInterval;
    private final Duration lagMax;
    private final Breaker breaker = new Breaker(BREAKER_PAUSE, System::nanoTime);
    private final Queue<Waiter> waiters = new ConcurrentLinkedQueue<>();
    private volatile ReplicaPosition position = ReplicaPosition.UNKNOWN;
    private volatile String trouble = "not seen yet";
    private volatile long stuckAt = NOWHERE;

    ReplicaNode(
            ReplicaUrl replica,
            PostgresSettings settings,
            PostgresHistory history,
            LagTracker lag,
            PostgresMeters meters) {
        super(replica.node().name(), settings, meters);
        this.node = replica.node();
        this.connector = new Connector(replica::url, settings.statementTimeout(), settings.slow());
        this.history = history;
        this.seen = settings.locator().seen();
        this.lag = lag;
        this.probeInterval = settings.probeInterval();
        this.lagMax = settings.lagMax();
        meters.watchReplica(node.name(), this::state);
        startProbe(null);
    }

    Node node() {
        return node;
    }

    @Override
    boolean isServing() {
        return breaker.isClosed();
    }

    /** Whether it answers, even if it is too far behind to be in service. */
    boolean isAnswering() {
        return position.inRecovery() && (isServing() || trouble.equals(LAGGING));
    }

    boolean hasReached(Bookmark bookmark) {
        return position.hasReached(bookmark);
    }

    NodeState state() {
        long replayed = position.replayed();
        boolean serving = isServing();
        return new NodeState(
                node,
                serving,
                serving ? "up" : trouble,
                replayed,
                lag.behind(replayed, System.nanoTime()),
                lag.bytesBehind(replayed));
    }

    /** Whether it has not moved since a read waited in vain, as with paused replay: another read would wait in vain, too. */
    boolean isStuck() {
        return position.replayed() == stuckAt;
    }

    /** Completes with true as soon as the replica has reached {@code bookmark}, with false if it cannot or the time is up. */
    CompletionStage<Boolean> reach(Bookmark bookmark, Duration wait) {
        long from = position.replayed();
        var waiter = new Waiter(bookmark, new CompletableFuture<>());
        waiters.add(waiter);
        probeNow();
        return waiter.reached
                .completeOnTimeout(false, wait.toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((reached, failure) -> {
                    if (!Boolean.TRUE.equals(reached) && position.replayed() == from) {
                        stuckAt = from;
                    }
                });
    }

    /**
     * Runs {@code query} on one state of this replica; fails with {@link Unfit} if another node should be tried.
     *
     * @param scan whether it may take long
     * @param atLeast what that state must have reached; null for any
     */
    <T> CompletionStage<Served<T>> read(NodeConnection.Query<T> query, boolean scan, @Nullable Bookmark atLeast) {
        return run(scan, () -> read(query, atLeast));
    }

    private <T> Served<T> read(NodeConnection.Query<T> query, @Nullable Bookmark atLeast) {
        NodeConnection connection;
        try {
            connection = connections.take();
        } catch (SQLException e) {
            throw unfit(e);
        }
        try {
            if (atLeast != null && !hasReached(connection, atLeast)) {
                connections.release(connection);
                throw new Unfit("behind");
            }
            return serve(connection, query, atLeast);
        } catch (SQLException e) {
            connections.discard(connection, e);
            throw PostgresFailure.isOfConnection(e)
                    ? unfit(e)
                    : new Unfit("statement"); // such as one that delayed replay
        }
    }

    /** A connection failed. If the node is out of service already, it may be because of that. */
    private Unfit unfit(SQLException e) {
        if (isServing()) {
            fail(e);
        }
        return new Unfit("connection");
    }

    /** Whether this run of the server has reached {@code bookmark}; positions of an earlier run do not count. */
    private boolean hasReached(NodeConnection connection, Bookmark bookmark) throws SQLException {
        ReplicaPosition last = position;
        return (last.started() == connection.server().started() && last.hasReached(bookmark))
                || observe(connection, connection.replicaPosition()).hasReached(bookmark);
    }

    @Override
    ReplyPosition shown(NodeConnection connection, @Nullable Bookmark asked) throws SQLException {
        ReplicaPosition after = observe(connection, connection.replicaPositionBehindQuery());
        return new ReplyPosition(history.text(after.bookmark(connection.server().system())), node, false);
    }

    private ReplicaPosition observe(NodeConnection connection, ReplicaPosition found) throws SQLException {
        if (!found.inRecovery()) {
            throw new SQLException("it was promoted", PostgresFailure.IN_RECOVERY);
        }
        position = found;
        history.observe(found.bookmark(connection.server().system()));
        return found;
    }

    @Override
    NodeConnection open() throws SQLException {
        return connector.open((connection, statements, server) -> {
            if (!server.inRecovery()) {
                seen.observe(server.system(), server.timeline());
                throw new SQLException("it was promoted", PostgresFailure.IN_RECOVERY);
            }
            if (server.system() != history.timelines().system()) {
                throw new SQLException("it belongs to another cluster", "08004");
            }
            return new NodeConnection(connection, statements, server, null);
        });
    }

    @Override
    void observe(NodeConnection connection) throws SQLException {
        ReplicaPosition found = observe(connection, connection.replicaPosition());
        if (lag.behind(found.replayed(), System.nanoTime()).compareTo(lagMax) > 0) {
            if (isServing()) {
                warn(new SQLException("it lags"));
            }
            trouble = LAGGING;
            breaker.fail();
            return;
        }
        boolean wasServing = isServing();
        breaker.succeed();
        if (!wasServing && isServing()) {
            logBack();
        }
    }

    @Override
    void stopServing(SQLException reason) {
        trouble = PostgresFailure.IN_RECOVERY.equals(reason.getSQLState()) ? "promoted" : "failing";
        breaker.fail();
        waiters.forEach(waiter -> waiter.reached.complete(false));
    }

    @Override
    RuntimeException unanswered() {
        return new Unfit("silent");
    }

    @Override
    void probed() {
        for (Waiter waiter : waiters) {
            if (hasReached(waiter.bookmark)) {
                waiter.reached.complete(true);
            }
        }
        waiters.removeIf(waiter -> waiter.reached.isDone());
    }

    @Override
    Duration untilNextProbe() {
        if (isServing()) {
            return waiters.isEmpty() ? probeInterval : PROBE_WHILE_AWAITED;
        }
        return probeInterval.compareTo(PROBE_WHEN_OUT_MAX) < 0 ? probeInterval : PROBE_WHEN_OUT_MAX;
    }
}
