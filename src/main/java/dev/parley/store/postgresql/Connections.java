package dev.parley.store.postgresql;

import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/** The connections of one node with their statements, never more than threads that work with the node. */
final class Connections implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Connections.class);

    /** Opens a connection and learns what its server says. */
    interface Opener {
        NodeConnection open() throws SQLException;
    }

    private final Opener opener;
    private final ConcurrentLinkedDeque<NodeConnection> atRest = new ConcurrentLinkedDeque<>();
    private final Set<NodeConnection> inUse = ConcurrentHashMap.newKeySet();
    private final AtomicInteger breaks = new AtomicInteger();
    private volatile boolean closed;

    Connections(Opener opener) {
        this.opener = opener;
    }

    /**
     * The connection that rested last, else a new one.
     *
     * @throws SQLException also where all were broken while the new one was opened: who wanted it is waited for no longer
     */
    NodeConnection take() throws SQLException {
        int before = breaks.get();
        NodeConnection rested = atRest.pollFirst();
        NodeConnection taken = rested == null ? opener.open() : rested;
        inUse.add(taken);
        if (breaks.get() != before) {
            discard(taken);
            throw new SQLException("The server fell silent while a connection was opened", "08006");
        }
        return taken;
    }

    /** Puts back a connection without a transaction. */
    void rest(NodeConnection connection) {
        inUse.remove(connection);
        atRest.addFirst(connection);
        if (closed) {
            drop();
        }
    }

    /** Lets go of a connection after a failure, and of those at rest where the failure was the server's. */
    void discard(NodeConnection connection, SQLException failure) {
        discard(connection);
        if (PostgresFailure.isOfConnection(failure)) {
            drop();
        }
    }

    void discard(NodeConnection connection) {
        inUse.remove(connection);
        close(connection);
    }

    /** Closes those at rest. */
    void drop() {
        for (NodeConnection rested = atRest.poll(); rested != null; rested = atRest.poll()) {
            close(rested);
        }
    }

    /** Breaks all, also those that are in use: whoever waits for an answer there fails at once. */
    void breakAll() {
        breaks.incrementAndGet();
        inUse.forEach(Connections::breakOff);
        for (NodeConnection rested = atRest.poll(); rested != null; rested = atRest.poll()) {
            breakOff(rested);
        }
    }

    private static void breakOff(NodeConnection connection) {
        try {
            connection.breakOff();
        } catch (SQLException e) {
            LOG.debugf("A connection did not break: %s", e.getMessage());
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
