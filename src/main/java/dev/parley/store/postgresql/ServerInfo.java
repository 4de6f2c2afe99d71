package dev.parley.store.postgresql;

import dev.parley.store.Sql;
import dev.parley.store.Statements;
import java.sql.SQLException;
import java.time.Duration;

/**
 * What a server says of itself when a connection to it is opened.
 *
 * @param started which run of the server it is, by the time of its start: what was seen of an earlier run proves nothing here
 * @param timeline the timeline that it writes; of no meaning on a standby
 * @param newest the newest timeline of its cluster that any node has noted there, 0 for none; of no meaning on a standby
 * @param roundTrip how long the answer took
 */
record ServerInfo(boolean inRecovery, long system, long started, long timeline, long newest, Duration roundTrip) {
    private static final Sql GREET = new Sql("greet", """
            SELECT pg_is_in_recovery(),
                   (SELECT system_identifier FROM pg_control_system()),
                   CAST(extract(epoch FROM pg_postmaster_start_time()) * 1000000 AS BIGINT),
                   set_config('statement_timeout', ?, FALSE),
                   set_config('idle_in_transaction_session_timeout', ?, FALSE),
                   set_config('default_transaction_isolation', 'read committed', FALSE),
                   set_config('synchronous_commit', CASE current_setting('synchronous_commit')
                       WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, FALSE)""");

    // The name of a file of the write-ahead log begins with the timeline that is written now. The control file cannot
    // tell it:
    // after a promotion it shows the old one until a checkpoint has ended.
    private static final Sql TIMELINE = new Sql("timeline", """
            SELECT substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8),
                   (SELECT max(timeline) FROM cluster_timelines WHERE system = ?)""");

    /** Sets the connection as its guarantees need, and asks; a commit is on disk when it is acknowledged. */
    static ServerInfo of(Statements statements, Duration statementTimeout) throws SQLException {
        String timeout = Long.toString(statementTimeout.toMillis());
        long asked = System.nanoTime();
        ServerInfo hello = statements
                .call(GREET)
                .bind(timeout)
                .bind(timeout)
                .first(row -> new ServerInfo(
                        row.getBoolean(1),
                        row.getLong(2),
                        row.getLong(3),
                        0,
                        0,
                        Duration.ofNanos(System.nanoTime() - asked)));
        if (hello == null) {
            throw new SQLException("The server did not greet");
        }
        if (hello.inRecovery) {
            return hello;
        }
        ServerInfo writing = statements
                .call(TIMELINE)
                .bind(hello.system)
                .first(row -> new ServerInfo(
                        false,
                        hello.system,
                        hello.started,
                        Long.parseLong(row.getString(1), 16),
                        row.getLong(2),
                        hello.roundTrip));
        if (writing == null) {
            throw new SQLException("The server did not tell its timeline");
        }
        return writing;
    }
}
