package dev.parley.store.postgresql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.PGConnection;

/**
 * Refuses a connection pooler in transaction or statement mode. A node sets time limits and durability for its sessions, prepares
 * statements and listens; behind such a pooler the next transaction may be another client's, with these settings and without
 * the listening.
 */
public final class Pooling {
    /** The SQLSTATE of an unsupported feature. */
    static final String STATE = "0A000";

    public static final String ADVICE = "Set pool_mode = session in the connection pooler";

    /** A protocol violation: how a pooler in statement mode answers the beginning of a transaction. */
    private static final String NO_TRANSACTIONS = "08P01";

    private static final String PROCESS = "SELECT pg_backend_pid()";
    private static final int TRIES = 5;

    private Pooling() {}

    public interface Opener {
        Connection open() throws SQLException;
    }

    /**
     * A pooler does not pass on the number of the server's process when a connection starts, so a difference there reveals one. In
     * session mode a connection keeps its process. In transaction mode the transaction of a second connection gets the process
     * that the first one used last, or the first one gets another process for its next transaction.
     *
     * @param others opens more connections to the same place
     */
    public static void refuseTransactions(Connection connection, Opener others) throws SQLException {
        int process = process(connection);
        if (process == connection.unwrap(PGConnection.class).getBackendPID()) {
            return;
        }
        try (Connection other = others.open()) {
            other.setAutoCommit(false);
            for (int i = 0; i < TRIES; i++) {
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
        return new SQLException("a connection pooler in " + mode + " mode is before PostgreSQL", STATE);
    }

    private static int process(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(PROCESS)) {
            row.next();
            return row.getInt(1);
        }
    }
}
