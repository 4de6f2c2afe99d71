package dev.parley.store.postgresql;

import dev.parley.store.SlowLog;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import dev.parley.store.Statements.TrailingQuery;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
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

    /** A read on a connection to whichever node serves it. */
    interface Query<T> {
        T on(NodeConnection connection) throws SQLException;
    }

    private static final String FLUSHED = "SELECT CAST(pg_current_wal_flush_lsn() - '0/0' AS BIGINT)";
    private static final Sql POSITION = new Sql("position", FLUSHED);
    private static final Sql PROBE =
            new Sql("probe", FLUSHED + ", (SELECT max(timeline) FROM cluster_timelines WHERE system = ?)");

    // A snapshot on a standby may include the record that is being replayed and does not count as replayed yet, but
    // only
    // while something received is not replayed. The position is then one byte further, which no node has reached before
    // it has replayed that record completely.
    private static final Sql REPLICA_POSITION = new Sql("replica-position", """
            SELECT pg_is_in_recovery(),
                   CAST(replayed - '0/0' AS BIGINT),
                   CAST(replayed - '0/0' AS BIGINT) + CASE WHEN received = replayed THEN 0 ELSE 1 END,
                   (SELECT max(timeline) FROM timelines)
            FROM (SELECT pg_last_wal_receive_lsn() AS received, pg_last_wal_replay_lsn() AS replayed) standby""");

    // A transaction with changes holds the lock of its own number until its changes are visible to all. A snapshot
    // would not
    // include the transaction that began last.
    private static final Sql UNDER_WAY = new Sql("under-way", """
            SELECT string_agg(CAST(transactionid AS TEXT), ' ')
            FROM pg_locks WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND granted""");

    private static final Duration SETTLE_INTERVAL = Duration.ofMillis(1);

    private final Connection connection;
    private final Statements statements;

    /** For what no caller requests: not reported as slow. */
    private final Statements probes;

    private final ServerInfo server;
    private final @Nullable TimelineHistory timelines;
    private final TrailingQuery<Long> position = new TrailingQuery<>(POSITION, row -> row.getLong(1));
    private final TrailingQuery<ReplicaPosition> replicaPosition =
            new TrailingQuery<>(REPLICA_POSITION, this::replicaPosition);
    private final Statements queries;
    private @Nullable PreparedStatement commit;
    private @Nullable PreparedStatement rollback;
    private Duration roundTrip;

    /** @param timelines those of a primary; null on a replica */
    NodeConnection(
            Connection connection, Statements statements, ServerInfo server, @Nullable TimelineHistory timelines) {
        this.connection = connection;
        this.statements = statements;
        this.probes = new Statements(connection);
        this.server = server;
        this.roundTrip = server.roundTrip();
        this.timelines = timelines;
        this.queries = statements.followedBy(timelines == null ? replicaPosition : position);
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

    /** The shortest that was measured on this connection. */
    Duration roundTrip() {
        return roundTrip;
    }

    /** If an answer takes longer, the connection counts as broken. */
    void answerWithin(Duration max) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, Math.toIntExact(max.toMillis()));
    }

    /** The position of a primary: everything that was visible before the call is at or before it. */
    long position() throws SQLException {
        return measured(probes.call(POSITION), row -> row.getLong(1));
    }

    /** The same; also observes the newest timeline that any node has recorded there. */
    long position(SeenTimelines seen) throws SQLException {
        return measured(probes.call(PROBE).bind(server.system()), row -> {
            seen.observe(server.system(), row.getLong(2));
            return row.getLong(1);
        });
    }

    /** The same, as read behind the last query. */
    long positionBehindQuery() throws SQLException {
        Long read = position.take();
        return read == null ? position() : read;
    }

    ReplicaPosition replicaPosition() throws SQLException {
        return measured(probes.call(REPLICA_POSITION), this::replicaPosition);
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
        return measured(probes.call(UNDER_WAY), row -> {
            String numbers = row.getString(1);
            return numbers == null ? Set.<String>of() : new HashSet<>(List.of(numbers.split(" ")));
        });
    }

    private <T> T measured(Statements.Call query, Statements.Reading<T> reading) throws SQLException {
        long asked = System.nanoTime();
        T answer = query.first(reading);
        Duration took = Duration.ofNanos(System.nanoTime() - asked);
        if (took.compareTo(roundTrip) < 0) {
            roundTrip = took;
        }
        if (answer == null) {
            throw new SQLException("The server reported no position");
        }
        return answer;
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
    long commit() throws SQLException {
        if (commit == null) {
            commit = connection.prepareStatement("COMMIT; " + FLUSHED);
        }
        SlowLog slow = statements.slow();
        long began = slow.began();
        long position;
        try {
            position = end(commit);
        } finally {
            slow.ended("commit", began);
        }
        if (commit.getWarnings() != null) {
            throw new SQLException("The commit is not on a synchronous replica", "08007", commit.getWarnings());
        }
        return position;
    }

    /** Rolls back; the position covers all that the transaction has read. */
    long rollback() throws SQLException {
        if (rollback == null) {
            rollback = connection.prepareStatement("ROLLBACK; " + FLUSHED);
        }
        return end(rollback);
    }

    private long end(PreparedStatement statement) throws SQLException {
        statement.execute();
        if (!statement.getMoreResults()) {
            throw new SQLException("The server reported no position");
        }
        try (ResultSet row = statement.getResultSet()) {
            row.next();
            long position = row.getLong(1);
            connection.setAutoCommit(true);
            return position;
        }
    }

    /** Closes the socket, so that a thread that waits for an answer fails at once. */
    void abort() {
        abort(connection);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    /** Closes the socket of {@code connection}, so that a thread that waits for an answer there fails at once. */
    static void abort(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.abort(Runnable::run);
            }
        } catch (SQLException e) {
            LOG.debugf("A connection was not aborted: %s", e.getMessage());
        }
    }
}
