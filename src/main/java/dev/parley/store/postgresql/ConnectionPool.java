package dev.parley.store.postgresql;

import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/** The connections of one server. The threads that use them bound their number. */
final class ConnectionPool implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ConnectionPool.class);

    interface Opener {
        NodeConnection open() throws SQLException;
    }

    private final Opener opener;
    private final ConcurrentLinkedDeque<NodeConnection> idle = new ConcurrentLinkedDeque<>();
    private final Set<NodeConnection> inUse = ConcurrentHashMap.newKeySet();
    private final AtomicInteger aborts = new AtomicInteger();
    private volatile boolean closed;

    ConnectionPool(Opener opener) {
        this.opener = opener;
    }

    /**
     * The connection that was used last, else a new one.
     *
     * @throws SQLException also if {@link #abortAll} ran while the connection was opened, since its caller has been answered
     */
    NodeConnection take() throws SQLException {
        int before = aborts.get();
        NodeConnection pooled = idle.pollFirst();
        NodeConnection taken = pooled == null ? opener.open() : pooled;
        inUse.add(taken);
        if (aborts.get() != before) {
            discard(taken);
            throw new SQLException("The server stopped answering while a connection was opened", "08006");
        }
        return taken;
    }

    /** Puts back a connection that has no transaction. */
    void release(NodeConnection connection) {
        inUse.remove(connection);
        idle.addFirst(connection);
        if (closed) {
            closeIdle();
        }
    }

    /** Closes a connection that failed, and the idle ones if the failure concerns the server's connections. */
    void discard(NodeConnection connection, SQLException failure) {
        discard(connection);
        if (PostgresFailure.isOfConnection(failure)) {
            closeIdle();
        }
    }

    void discard(NodeConnection connection) {
        inUse.remove(connection);
        close(connection);
    }

    void closeIdle() {
        for (NodeConnection pooled = idle.poll(); pooled != null; pooled = idle.poll()) {
            close(pooled);
        }
    }

    /** Closes the socket of every connection, so that a thread that waits for an answer there fails at once. */
    void abortAll() {
        aborts.incrementAndGet();
        inUse.forEach(NodeConnection::abort);
        for (NodeConnection pooled = idle.poll(); pooled != null; pooled = idle.poll()) {
            pooled.abort();
        }
    }

    private static void close(NodeConnection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debugf("A connection was not closed: %s", e.getMessage());
        }
    }

    @Override
    public void close() {
        closed = true;
        closeIdle();
    }
}
