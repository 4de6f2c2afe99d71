package dev.parley.store.postgresql;

import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import java.sql.SQLException;
import java.time.Duration;

/**
 * What a server says about itself when a connection is opened.
 *
 * @param system the identifier of the cluster
 * @param started identifies the run of the server; positions of an earlier run prove nothing
 * @param timeline of a primary, the one that it writes; of a standby, the one of its last restart point or written page
 * @param hasStore whether the database has Parley's tables
 * @param roundTrip how long the answer took
 */
record ServerInfo(boolean inRecovery, long system, long started, long timeline, boolean hasStore, Duration roundTrip) {
    // The name of a file of the write-ahead log begins with the timeline that a primary writes. Its control file shows
    // the former
    // one until a checkpoint after the promotion has ended. A standby has no such file name, but a control file.
    private static final Sql INTRODUCE = new Sql("introduce", """
            SELECT pg_is_in_recovery(),
                   (SELECT system_identifier FROM pg_control_system()),
                   CAST(extract(epoch FROM pg_postmaster_start_time()) * 1000000 AS BIGINT),
                   CASE WHEN pg_is_in_recovery()
                        THEN CAST(greatest((SELECT timeline_id FROM pg_control_checkpoint()),
                                           (SELECT min_recovery_end_timeline FROM pg_control_recovery())) AS BIGINT)
                        ELSE CAST(CAST('x' || substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8) AS BIT(32)) AS BIGINT)
                   END,
                   to_regclass('cluster_timelines') IS NOT NULL,
                   set_config('statement_timeout', ?, FALSE),
                   set_config('idle_in_transaction_session_timeout', ?, FALSE),
                   set_config('default_transaction_isolation', 'read committed', FALSE),
                   set_config('synchronous_commit', CASE current_setting('synchronous_commit')
                       WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, FALSE)""");

    /** Also sets up the session: time limits, the isolation level, and that a commit is on disk when it is acknowledged. */
    static ServerInfo of(Statements statements, Duration statementTimeout) throws SQLException {
        String timeout = Long.toString(statementTimeout.toMillis());
        long asked = System.nanoTime();
        ServerInfo server = statements
                .call(INTRODUCE)
                .bind(timeout)
                .bind(timeout)
                .first(row -> new ServerInfo(
                        row.getBoolean(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getBoolean(5),
                        Duration.ofNanos(System.nanoTime() - asked)));
        if (server == null) {
            throw new SQLException("The server did not introduce itself");
        }
        return server;
    }
}
