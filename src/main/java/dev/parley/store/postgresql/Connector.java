package dev.parley.store.postgresql;

import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import dev.parley.store.StoreUrl;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.Properties;
import java.util.function.Supplier;
import org.postgresql.Driver;
import org.postgresql.PGConnection;

/**
 * Opens connections to the server that a URL names, or to the primary of several.
 *
 * <p>A connection pooler in transaction or statement mode is refused: a node sets time limits and durability for its sessions, prepares
 * statements and listens, and behind such a pooler the next transaction may be another client's.
 */
public final class Connector {
    public static final String POOLER_ADVICE = "Set pool_mode = session in the connection pooler";

    /** The SQLSTATE of an unsupported feature. */
    static final String POOLER = "0A000";

    /** A protocol violation: how a pooler in statement mode answers the beginning of a transaction. */
    private static final String NO_TRANSACTIONS = "08P01";

    private static final int POOLER_TRIES = 5;

    /**
     * For each step of connecting, so that a host that hangs does not delay the next one. There are about eight steps, so a bound
     * of the whole that suits a near server would keep a distant one from connecting.
     */
    private static final String STEP_SECONDS_MAX = "2";

    // The name of a file of the write-ahead log begins with the timeline that a primary writes. Its control file shows
    // the former one until a checkpoint after the promotion has ended. A standby has no such file name, but a control
    // file.
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

    /**
     * The role and the identity of a server when a connection to it is opened.
     *
     * @param system the identifier of the cluster
     * @param started identifies the run of the server; positions of an earlier run prove nothing
     * @param timeline of a primary, the one that it writes; of a standby, the one of its last restart point or written page
     * @param hasStore whether the database has Parley's tables
     * @param roundTrip how long the answer took
     */
    record ServerInfo(
            boolean inRecovery, long system, long started, long timeline, boolean hasStore, Duration roundTrip) {
        /** Of a server that did not answer: not a primary. */
        static final ServerInfo NONE = new ServerInfo(true, 0, 0, 0, false, Duration.ZERO);

        /** Also sets up the session: time limits, the isolation level, and that a commit is on disk when it is acknowledged. */
        static ServerInfo of(Statements statements, Duration statementTimeout) throws SQLException {
            String timeout = Long.toString(statementTimeout.toMillis());
            long asked = System.nanoTime();
            return Objects.requireNonNull(statements
                    .call(INTRODUCE)
                    .bind(timeout)
                    .bind(timeout)
                    .first(row -> new ServerInfo(
                            row.getBoolean(1),
                            row.getLong(2),
                            row.getLong(3),
                            row.getLong(4),
                            row.getBoolean(5),
                            Duration.ofNanos(System.nanoTime() - asked))));
        }
    }

    private final Supplier<StoreUrl.Postgres> url;
    private volatile boolean isSessionPooled;

    /** @param url read for each connection */
    public Connector(Supplier<StoreUrl.Postgres> url) {
        this.url = url;
    }

    /** A connection as the driver makes it; each answer may take as long as a step of connecting. */
    public Connection connect() throws SQLException {
        Connection connection = open();
        try {
            if (!isSessionPooled) {
                refuseSharedSessions(connection);
                isSessionPooled = true;
            }
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private Connection open() throws SQLException {
        StoreUrl.Postgres server = url.get();
        var properties = new Properties();
        if (server.user() != null) {
            properties.setProperty("user", server.user());
        }
        if (server.password() != null) {
            properties.setProperty("password", server.password());
        }
        properties.setProperty("targetServerType", server.hosts().size() > 1 ? "primary" : "any");
        properties.setProperty("hostRecheckSeconds", "0"); // roles change at a failover
        properties.setProperty("connectTimeout", STEP_SECONDS_MAX);
        properties.setProperty("socketTimeout", STEP_SECONDS_MAX);
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "parley");
        properties.setProperty("assumeMinServerVersion", "13");
        return Objects.requireNonNull(new Driver().connect(server.jdbc(), properties));
    }

    /**
     * A pooler does not pass on the number of the server's process when a connection starts, so a difference there reveals one. In
     * session mode a connection keeps its process. In transaction mode the transaction of a second connection gets the process
     * that the first one used last, or the first one gets another process for its next transaction.
     */
    private void refuseSharedSessions(Connection connection) throws SQLException {
        int process = process(connection);
        if (process == connection.unwrap(PGConnection.class).getBackendPID()) {
            return;
        }
        try (Connection other = open()) {
            other.setAutoCommit(false);
            for (int i = 0; i < POOLER_TRIES; i++) {
                if (process(other) == process || process(connection) != process) {
                    throw refusal("transaction");
                }
                other.rollback();
            }
        } catch (SQLException e) {
            throw NO_TRANSACTIONS.equals(e.getSQLState()) ? refusal("statement") : e;
        }
    }

    private static SQLException refusal(String mode) {
        return new SQLException("a connection pooler in " + mode + " mode is before PostgreSQL", POOLER);
    }

    private static int process(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }
}
