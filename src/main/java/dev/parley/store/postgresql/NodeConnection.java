package dev.parley.store.postgresql;

import dev.parley.store.SlowLog;
import dev.parley.store.Sql;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Question;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One connection to one server, with its prepared statements. Used by one thread at a time.
 *
 * <p>A position is always asked for after what it is to cover: behind a COMMIT that has returned, behind a query that has read.
 */
final class NodeConnection implements AutoCloseable {
    private static final String FLUSHED = "SELECT CAST(pg_current_wal_flush_lsn() - '0/0' AS BIGINT)";
    private static final Sql POSITION = new Sql("position", FLUSHED);
    private static final Sql PROBE =
            new Sql("probe", FLUSHED + ", (SELECT max(timeline) FROM cluster_timelines WHERE system = ?)");

    // What a snapshot on a standby shows may be one record ahead of what counts as replayed, while that record is being
    // replayed. It can only be so while something received is not replayed; so the position then is one byte further,
    // which no node has reached before it has replayed that record whole.
    private static final Sql SIGHT = new Sql("sight", """
            SELECT pg_is_in_recovery(),
                   CAST(replayed - '0/0' AS BIGINT),
                   CAST(replayed - '0/0' AS BIGINT) + CASE WHEN received = replayed THEN 0 ELSE 1 END,
                   (SELECT max(timeline) FROM timelines)
            FROM (SELECT pg_last_wal_receive_lsn() AS received, pg_last_wal_replay_lsn() AS replayed) standby""");

    // A transaction that has changed something holds the lock of its own number until everybody sees what it did.
    // A snapshot would not tell of the one that began last.
    private static final Sql UNDER_WAY = new Sql("under-way", """
            SELECT string_agg(CAST(transactionid AS TEXT), ' ')
            FROM pg_locks WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND granted""");

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(1);

    private static final Sql SNAPSHOT =
            new Sql("snapshot", "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");

    private final Connection connection;
    private final Statements statements;

    /** For what no caller asks: it is not reported as slow. */
    private final Statements probes;

    private final ServerInfo hello;
    private final @Nullable TimelineHistory lineage;
    private final Question<Long> position = new Question<>(POSITION, row -> row.getLong(1));
    private final Question<ReplicaPosition> sight = new Question<>(SIGHT, this::sight);
    private final Statements queries;
    private @Nullable PreparedStatement commit;
    private @Nullable PreparedStatement rollback;
    private Duration roundTrip;

    /** @param lineage the line that a primary tells; null on a replica */
    NodeConnection(Connection connection, Statements statements, ServerInfo hello, @Nullable TimelineHistory lineage) {
        this.connection = connection;
        this.statements = statements;
        this.probes = new Statements(connection);
        this.hello = hello;
        this.roundTrip = hello.roundTrip();
        this.lineage = lineage;
        this.queries = statements.asking(lineage == null ? sight : position);
    }

    Connection jdbc() {
        return connection;
    }

    Statements statements() {
        return statements;
    }

    /** For queries outside of a transaction: each tells, in its own round trip, where the node stood when it had read. */
    Statements queries() {
        return queries;
    }

    ServerInfo hello() {
        return hello;
    }

    /** The line as it was when this connection to a primary was opened; a primary does not change it while it runs. */
    TimelineHistory lineage() {
        if (lineage == null) {
            throw new IllegalStateException("A replica's connection tells no line");
        }
        return lineage;
    }

    /** The shortest that was seen on this connection: how long an answer takes on its way. */
    Duration roundTrip() {
        return roundTrip;
    }

    /** A primary's position: everything that was visible when it was asked is at or before it. */
    long position() throws SQLException {
        Long position = probed(probes.call(POSITION), row -> row.getLong(1));
        if (position == null) {
            throw new SQLException("The primary told no position");
        }
        return position;
    }

    /** The same; {@code seen} is told which is the newest timeline that any node has noted there. */
    long position(SeenTimelines seen) throws SQLException {
        Long position = probed(probes.call(PROBE).bind(hello.system()), row -> {
            seen.saw(hello.system(), row.getLong(2));
            return row.getLong(1);
        });
        if (position == null) {
            throw new SQLException("The primary told no position");
        }
        return position;
    }

    /** The same, as the last query told it; or else asked for. */
    long positionBehindQuery() throws SQLException {
        Long told = position.take();
        return told == null ? position() : told;
    }

    /**
     * Waits until a primary shows all that is on its disk by now, or until the time is up. A transaction is on the disk, and its
     * record with the standbys, a moment before the primary shows it to others; where commits wait for a standby, the longer. So
     * a standby may have shown it already.
     */
    void settle(Duration max) throws SQLException {
        long deadline = System.nanoTime() + max.toNanos();
        Set<String> left = underWay();
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            left.retainAll(underWay());
        }
    }

    /** The transactions that have changed something and are not over. */
    private Set<String> underWay() throws SQLException {
        String numbers = probed(probes.call(UNDER_WAY), row -> row.getString(1));
        return numbers == null ? Set.of() : new HashSet<>(List.of(numbers.split(" ")));
    }

    /** How far a standby has come. */
    ReplicaPosition sight() throws SQLException {
        ReplicaPosition seen = probed(probes.call(SIGHT), this::sight);
        if (seen == null) {
            throw new SQLException("The replica told no position");
        }
        return seen;
    }

    /** The same, as the last query told it; or else asked for. */
    ReplicaPosition sightBehindQuery() throws SQLException {
        ReplicaPosition told = sight.take();
        return told == null ? sight() : told;
    }

    private <T> @Nullable T probed(Statements.Call query, Statements.Reading<T> reading) throws SQLException {
        long asked = System.nanoTime();
        T answer = query.first(reading);
        Duration took = Duration.ofNanos(System.nanoTime() - asked);
        if (took.compareTo(roundTrip) < 0) {
            roundTrip = took;
        }
        return answer;
    }

    private ReplicaPosition sight(ResultSet row) throws SQLException {
        return new ReplicaPosition(hello.started(), row.getBoolean(1), row.getLong(4), row.getLong(2), row.getLong(3));
    }

    /** Begins a transaction with the next statement. */
    void begin() throws SQLException {
        connection.setAutoCommit(false);
    }

    /** Begins a transaction that only reads and whose statements all see one snapshot. */
    void beginSnapshot() throws SQLException {
        begin();
        statements.call(SNAPSHOT).run();
    }

    /**
     * Commits, and asks for the position in the same round trip: the statement behind COMMIT begins when COMMIT has returned.
     *
     * @throws SQLException also where the commit is on the primary's disk but a wait for a synchronous replica was broken off
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

    /** Takes everything back; returns the position, which covers all that the transaction has seen. */
    long rollback() throws SQLException {
        if (rollback == null) {
            rollback = connection.prepareStatement("ROLLBACK; " + FLUSHED);
        }
        return end(rollback);
    }

    /** Ends a snapshot. */
    void endSnapshot() throws SQLException {
        connection.rollback();
        connection.setAutoCommit(true);
    }

    private long end(PreparedStatement statement) throws SQLException {
        statement.execute();
        if (!statement.getMoreResults()) {
            throw new SQLException("The primary told no position");
        }
        try (ResultSet row = statement.getResultSet()) {
            row.next();
            long position = row.getLong(1);
            connection.setAutoCommit(true);
            return position;
        }
    }

    /** Closes the socket under whoever waits for an answer, without a word to the server. */
    void breakOff() throws SQLException {
        connection.abort(Runnable::run);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
