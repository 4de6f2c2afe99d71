package dev.parley.store.postgresql;

import java.sql.SQLException;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jboss.logging.Logger;

/**
 * The connections of one node that are at rest, with their statements. There are never more than threads that work with the
 * node, so the threads bound them.
 */
final class Connections implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Connections.class);

    /** Opens a connection and learns what its server says. */
    interface Opener {
        NodeConnection open() throws SQLException;
    }

    private final Opener opener;
    private final ConcurrentLinkedDeque<NodeConnection> atRest = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    Connections(Opener opener) {
        this.opener = opener;
    }

    /** The connection that rested last, else a new one. */
    NodeConnection take() throws SQLException {
        NodeConnection rested = atRest.pollFirst();
        return rested == null ? opener.open() : rested;
    }

    /** Puts back a connection without a transaction. */
    void rest(NodeConnection connection) {
        atRest.addFirst(connection);
        if (closed) {
            drop();
        }
    }

    /** Lets go of a connection after a failure, and of all others where the failure was the server's. */
    void discard(NodeConnection connection, SQLException failure) {
        close(connection);
        if (PostgresFailure.isOfConnection(failure)) {
            drop();
        }
    }

    void discard(NodeConnection connection) {
        close(connection);
    }

    /** Closes those at rest. */
    void drop() {
        for (NodeConnection rested = atRest.poll(); rested != null; rested = atRest.poll()) {
            close(rested);
        }
    }

    private static void close(NodeConnection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debugf("A connection did not close: %s", e.getMessage());
        }
    }

    @Override
    public void close() {
        closed = true;
        drop();
    }
}
