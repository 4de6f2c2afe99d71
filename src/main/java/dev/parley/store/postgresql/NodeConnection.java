package dev.parley.store.postgresql;

import dev.parley.store.Bookmark;
import dev.parley.store.SlowLog;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import dev.parley.store.Statements.TrailingQuery;
import dev.parley.store.postgresql.Connector.ServerInfo;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One connection to one server, with its prepared statements. Used by one thread at a time.
 *
 * <p>A position is always read after what it must cover: behind a COMMIT that has returned, behind a query that has read.
 */
final class NodeConnection implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(NodeConnection.class);
    private static final String FLUSHED = "SELECT CAST(pg_current_wal_flush_lsn() - '0/0' AS BIGINT)";
    private static final Sql POSITION = new Sql("position", FLUSHED);
    private static final Sql PROBE =
            new Sql("probe", FLUSHED + ", (SELECT max(timeline) FROM cluster_timelines WHERE system = ?)");

    // A snapshot on a standby may include the record that is being replayed and does not count as replayed yet, but
    // only while something received is not replayed. The position is then one byte further, which no node has reached
    // before it has replayed that record completely.
    private static final Sql REPLICA_POSITION = new Sql("replica-position", """
            SELECT pg_is_in_recovery(),
                   CAST(replayed - '0/0' AS BIGINT),
                   CAST(replayed - '0/0' AS BIGINT) + CASE WHEN received = replayed THEN 0 ELSE 1 END,
                   (SELECT max(timeline) FROM timelines)
            FROM (SELECT pg_last_wal_receive_lsn() AS received, pg_last_wal_replay_lsn() AS replayed) standby""");

    // A transaction with changes holds the lock of its own number until its changes are visible to all. A snapshot
    // would not include the transaction that began last.
    private static final Sql UNDER_WAY = new Sql("under-way", """
            SELECT string_agg(CAST(transactionid AS TEXT), ' ')
            FROM pg_locks WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND granted""");

    private static final Duration SETTLE_INTERVAL = Duration.ofMillis(1);

    /**
     * How far a standby had come when it was observed. It never goes back as long as the server runs.
     *
     * @param started identifies the run of the server
     * @param timeline the newest timeline whose beginning the standby has replayed
     * @param replayed everything up to here is visible
     * @param shown nothing beyond here is visible
     */
    record ReplicaPosition(long started, boolean inRecovery, long timeline, long replayed, long shown) {
        /** Before the first observation. */
        static final ReplicaPosition UNKNOWN = new ReplicaPosition(0, false, 0, 0, 0);

        /** Whether everything up to {@code bookmark}, which is of the primary's history, is visible. */
        boolean hasReached(Bookmark bookmark) {
            return timeline >= TimelineHistory.timelineOf(bookmark)
                    && Long.compareUnsigned(replayed, bookmark.position()) >= 0;
        }

        /** Covers whatever was read before the observation. */
        Bookmark bookmark(long system) {
            return new Bookmark(TimelineHistory.history(system, timeline), shown);
        }
    }

    private final Connection connection;
    private final ServerInfo server;
    private final @Nullable TimelineHistory timelines;
    private final TrailingQuery<Bookmark> position = new TrailingQuery<>(POSITION, this::position);
    private final TrailingQuery<ReplicaPosition> replicaPosition =
            new TrailingQuery<>(REPLICA_POSITION, this::replicaPosition);
    private final Statements statements;
    private final Statements queries;

    /** Not reported as slow, because no caller requests them. */
    private final Statements probes;

    private final PreparedStatement commit;
    private final PreparedStatement rollback;
    private boolean committing;

    /** @param timelines those of a primary; null on a replica */
    NodeConnection(Connection connection, ServerInfo server, @Nullable TimelineHistory timelines, SlowLog slow)
            throws SQLException {
        this.connection = connection;
        this.server = server;
        this.timelines = timelines;
        this.statements = new Statements(connection).withRowLocks().loggedTo(slow.from(server.roundTrip()));
        this.queries = statements.followedBy(timelines == null ? replicaPosition : position);
        this.probes = new Statements(connection);
        this.commit = connection.prepareStatement("COMMIT; " + FLUSHED);
        this.rollback = connection.prepareStatement("ROLLBACK; " + FLUSHED);
    }

    Statements statements() {
        return statements;
    }

    /** For queries outside of a transaction: each reads the position of the node behind it, in the same round trip. */
    Statements queries() {
        return queries;
    }

    ServerInfo server() {
        return server;
    }

    /** Of a primary when this connection was opened; they do not change while it runs. */
    TimelineHistory timelines() {
        if (timelines == null) {
            throw new IllegalStateException("The connection is to a replica");
        }
        return timelines;
    }

    /** If an answer takes longer, the connection counts as broken. */
    void answerWithin(long millis) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, Math.toIntExact(millis));
    }

    /** The position of a primary. Also observes the newest timeline that any node has recorded there. */
    Bookmark position(SeenTimelines seen) throws SQLException {
        return Objects.requireNonNull(probes.call(PROBE).bind(server.system()).first(row -> {
            seen.observe(server.system(), row.getLong(2));
            return timelines().at(row.getLong(1));
        }));
    }

    /** The position of a primary as read behind the last query: everything that this saw is at or before it. */
    Bookmark positionBehindQuery() throws SQLException {
        Bookmark read = position.take();
        return read == null ? Objects.requireNonNull(probes.call(POSITION).first(this::position)) : read;
    }

    private Bookmark position(ResultSet row) throws SQLException {
        return timelines().at(row.getLong(1));
    }

    ReplicaPosition replicaPosition() throws SQLException {
        return Objects.requireNonNull(probes.call(REPLICA_POSITION).first(this::replicaPosition));
    }

    /** The same, as read behind the last query. */
    ReplicaPosition replicaPositionBehindQuery() throws SQLException {
        ReplicaPosition read = replicaPosition.take();
        return read == null ? replicaPosition() : read;
    }

    private ReplicaPosition replicaPosition(ResultSet row) throws SQLException {
        return new ReplicaPosition(server.started(), row.getBoolean(1), row.getLong(4), row.getLong(2), row.getLong(3));
    }

    /**
     * Waits until a primary shows all that is on its disk now, or until the time is up. A transaction is on the disk and sent to
     * the standbys before the primary shows it, longer so if commits wait for a standby; a standby may have shown it already.
     */
    void settle(Duration max) throws SQLException {
        long deadline = System.nanoTime() + max.toNanos();
        Set<String> left = underWay();
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(SETTLE_INTERVAL.toNanos());
            left.retainAll(underWay());
        }
    }

    /** The transactions that have changed something and have not ended. */
    private Set<String> underWay() throws SQLException {
        String numbers = probes.call(UNDER_WAY).first(row -> row.getString(1));
        return numbers == null ? Set.of() : new HashSet<>(List.of(numbers.split(" ")));
    }

    /** Begins a transaction with the next statement. */
    void begin() throws SQLException {
        connection.setAutoCommit(false);
    }

    /**
     * Commits, and reads the position in the same round trip: the statement behind COMMIT begins when COMMIT has returned.
     *
     * @throws SQLException also if the commit is on the primary's disk but the wait for a synchronous replica was cancelled
     */
    Bookmark commit() throws SQLException {
        committing = true;
        SlowLog slow = statements.slow();
        long began = slow.began();
        Bookmark committed;
        try {
            committed = end(commit);
        } finally {
            slow.ended("commit", began);
        }
        if (commit.getWarnings() != null) {
            throw new SQLException("The commit is not on a synchronous replica", "08007", commit.getWarnings());
        }
        committing = false;
        return committed;
    }

    /** Whether COMMIT was sent and has not succeeded. */
    boolean isCommitting() {
        return committing;
    }

    /** Rolls back; the position covers all that the transaction has read. */
    Bookmark rollback() throws SQLException {
        return end(rollback);
    }

    private Bookmark end(PreparedStatement statement) throws SQLException {
        statement.execute();
        if (!statement.getMoreResults()) {
            throw new SQLException("The server reported no position");
        }
        try (ResultSet row = statement.getResultSet()) {
            row.next();
            Bookmark ended = position(row);
            connection.setAutoCommit(true);
            return ended;
        }
    }

    /** Closes the socket, so that a thread that waits for an answer fails at once. */
    void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.debugf("A connection was not aborted: %s", e.getMessage());
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debugf("A connection was not closed: %s", e.getMessage());
        }
    }
}
