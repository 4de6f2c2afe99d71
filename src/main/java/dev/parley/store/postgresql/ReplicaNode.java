package dev.parley.store.postgresql;

import dev.parley.store.Bookmark;
import dev.parley.store.Database.Work;
import dev.parley.store.Node;
import dev.parley.store.ReplicaUrl;
import dev.parley.store.Served;
import dev.parley.store.Served.ReplyPosition;
import dev.parley.store.Statements;
import dev.parley.store.postgresql.Connector.ServerInfo;
import dev.parley.store.postgresql.NodeConnection.ReplicaPosition;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A node that follows the primary and serves reads.
 *
 * <p>It has a circuit breaker: a failure opens it, and the first good probe after a pause closes it, so that the probe is the trial and
 * no read is risked.
 */
final class ReplicaNode extends ServerNode {
    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final String LAGGING = "lagging";
    private static final long NOWHERE = -1;

    /** The replica cannot serve this read; another node can. */
    static final class Unfit extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unfit(String reason) {
            super(reason, null, false, false);
        }
    }

    private final Node node;
    private volatile ReplicaPosition position = ReplicaPosition.UNKNOWN;
    private volatile long stuckAt = NOWHERE;
    private long pausedUntil = System.nanoTime();

    ReplicaNode(ReplicaUrl replica, PrimaryLocator locator, PostgresHistory history, PostgresMeters meters) {
        super(replica.node().name(), "not seen yet", new Connector(replica::url), locator, history, meters);
        this.node = replica.node();
        meters.watchReplica(node.name(), this::state);
        startProbe(null);
    }

    @Override
    Node node() {
        return node;
    }

    @Override
    long position() {
        return position.replayed();
    }

    /** Whether it answers, even if it is too far behind to be in service. */
    boolean isAnswering() {
        return position.inRecovery() && (isServing() || state().state().equals(LAGGING));
    }

    boolean hasReached(Bookmark bookmark) {
        return position.hasReached(bookmark);
    }

    /** Whether it has not moved since a read waited in vain, as with paused replay: another read would wait in vain, too. */
    boolean isStuck() {
        return position.replayed() == stuckAt;
    }

    /** Completes with whether the replica has reached {@code bookmark}, as soon as it has or cannot, or when the time is up. */
    CompletionStage<Boolean> reach(Bookmark bookmark, Duration max) {
        long from = position.replayed();
        CompletionStage<@Nullable Void> over = await(() -> hasReached(bookmark) || !isServing(), max);
        probeNow();
        return over.thenApply(nothing -> {
            boolean reached = isServing() && hasReached(bookmark);
            if (!reached && position.replayed() == from) {
                stuckAt = from;
            }
            return reached;
        });
    }

    /**
     * Runs {@code work} on one state of this replica; fails with {@link Unfit} if another node should be tried.
     *
     * @param scan whether it may take long
     * @param atLeast the position that the state must have reached; null for any
     */
    <T> CompletionStage<Served<T>> read(Work<T> work, boolean scan, @Nullable Bookmark atLeast) {
        return run(scan, () -> read(work, atLeast));
    }

    private <T> Served<T> read(Work<T> work, @Nullable Bookmark atLeast) {
        NodeConnection connection = null;
        try {
            connection = take();
            if (atLeast != null && !hasReached(connection, atLeast)) {
                release(connection);
                throw new Unfit("behind");
            }
            return serve(connection, work, atLeast);
        } catch (SQLException e) {
            if (connection != null) {
                discard(connection, e);
                if (!PostgresFailure.isOfConnection(e)) {
                    throw new Unfit("statement"); // such as one that delayed replay
                }
            }
            if (isServing()) { // else the connection may have failed because of that
                fail(e);
            }
            throw new Unfit("connection");
        }
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
            throw promoted();
        }
        position = found;
        history.observe(found.bookmark(connection.server().system()));
        return found;
    }

    private static SQLException promoted() {
        return new SQLException("it was promoted", PostgresFailure.IN_RECOVERY);
    }

    @Override
    RuntimeException unanswered() {
        return new Unfit("silent");
    }

    @Override
    @Nullable
    TimelineHistory accept(Statements statements, ServerInfo server) throws SQLException {
        if (!server.inRecovery()) {
            locator.seen().observe(server.system(), server.timeline());
            throw promoted();
        }
        if (server.system() != history.timelines().system()) {
            throw new SQLException("it belongs to another cluster", "08004");
        }
        return null;
    }

    @Override
    void observe(NodeConnection connection) throws SQLException {
        ReplicaPosition found = observe(connection, connection.replicaPosition());
        if (history.lag(found.replayed()).compareTo(settings.lagMax()) > 0) {
            openBreaker(LAGGING, new SQLException("it lags"));
        } else {
            closeBreaker();
        }
    }

    @Override
    void fail(SQLException reason) {
        openBreaker(PostgresFailure.IN_RECOVERY.equals(reason.getSQLState()) ? "promoted" : "failing", reason);
    }

    private synchronized void openBreaker(String state, SQLException reason) {
        pausedUntil = System.nanoTime() + PAUSE_NANOS;
        leaveService(state, reason);
    }

    private synchronized void closeBreaker() {
        if (System.nanoTime() - pausedUntil >= 0) {
            enterService();
        }
    }
}
