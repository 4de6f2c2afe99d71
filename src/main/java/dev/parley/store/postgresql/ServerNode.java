package dev.parley.store.postgresql;

import dev.parley.session.SignalingException;
import dev.parley.store.Bookmark;
import dev.parley.store.Futures.RefusedBy;
import dev.parley.store.Served;
import dev.parley.store.Served.ReplyPosition;
import dev.parley.store.StoreThreads;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One server with threads, connections and a probe of its own, so that a server that hangs delays only the calls that need it.
 *
 * <p>The probe is one thread with one connection. Its socket has a time limit, which a pause of this process does not use up: an
 * answer that has arrived meanwhile is read. Connecting is not limited in that way, because it takes a distant server longer.
 */
abstract class ServerNode implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ServerNode.class);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(10);
    private static final int REASONS_MAX = 8;

    /** A distant server may take this many to answer a probe: one packet may be delayed or sent again without an outage. */
    private static final int ROUND_TRIPS = 4;

    final ConnectionPool connections = new ConnectionPool(this::open);
    private final String name;
    private final StoreThreads calls;
    private final StoreThreads scans;
    private final Duration silenceMax;
    private final Set<String> reasons = new HashSet<>();
    private final Semaphore wake = new Semaphore(0);
    private volatile boolean closing;

    ServerNode(String name, PostgresSettings settings, PostgresMeters meters) {
        this.name = name;
        this.calls = new StoreThreads(name, settings.threads(), settings.queueMax(), CLOSE_MAX);
        this.scans = new StoreThreads(name + "-scan", settings.scanThreads(), settings.scanQueueMax(), CLOSE_MAX);
        this.silenceMax = settings.silenceMax();
        meters.watchQueue(name, calls);
        meters.watchQueue(name + "-scan", scans);
    }

    /** Opens a connection if the server has the role of this node. */
    abstract NodeConnection open() throws SQLException;

    /** Reads where the server is; called by the probe after each interval. */
    abstract void observe(NodeConnection connection) throws SQLException;

    /** Called after each probe, whether it succeeded or not. */
    abstract void probed();

    abstract boolean isServing();

    /** Takes the node out of service. */
    abstract void stopServing(SQLException reason);

    /** What callers receive whose call the server has not answered. */
    abstract RuntimeException unanswered();

    abstract Duration untilNextProbe();

    /** How new the state is that was just read. */
    abstract ReplyPosition shown(NodeConnection connection, @Nullable Bookmark asked) throws SQLException;

    /** Runs {@code call} on a thread of this node. */
    <T> CompletionStage<T> run(boolean scan, Callable<T> call) {
        return (scan ? scans : calls).run(call);
    }

    /** Runs {@code query} and releases the connection, unless that fails with an SQLException. */
    <T> Served<T> serve(NodeConnection connection, NodeConnection.Query<T> query, @Nullable Bookmark asked)
            throws SQLException {
        T result;
        try {
            result = query.on(connection);
        } catch (SignalingException refusal) {
            throw new RefusedBy(refusal, release(connection, asked));
        } catch (RuntimeException fault) {
            connections.discard(connection);
            throw fault;
        }
        ReplyPosition shown = release(connection, asked);
        return new Served<>(result, shown.bookmark(), shown.node(), shown.reset());
    }

    private ReplyPosition release(NodeConnection connection, @Nullable Bookmark asked) throws SQLException {
        ReplyPosition shown = shown(connection, asked);
        connections.release(connection);
        return shown;
    }

    void fail(SQLException reason) {
        if (isServing()) {
            warn(reason);
        }
        stopServing(reason);
    }

    /** Logs why the node is out of service, each reason once until it is back. */
    void warn(SQLException reason) {
        String why = PostgresFailure.line(reason);
        synchronized (reasons) {
            if (reasons.size() < REASONS_MAX && reasons.add(why)) {
                LOG.warnf("%s is out of service: %s", name, why);
            }
        }
    }

    /** Logs that the node is in service again, if its outage was logged. */
    void logBack() {
        synchronized (reasons) {
            if (!reasons.isEmpty()) {
                LOG.infof("%s is in service", name);
                reasons.clear();
            }
        }
    }

    /** @param first the connection to begin with; null to open one */
    void startProbe(@Nullable NodeConnection first) {
        var thread = new Thread(() -> probe(first), "parley-probe-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    void probeNow() {
        wake.release();
    }

    NodeConnection openProbe() throws SQLException {
        return connections.take();
    }

    private void probe(@Nullable NodeConnection first) {
        NodeConnection own = first;
        while (!closing) {
            try {
                if (own == null) {
                    own = openProbe();
                }
                Duration distant = own.roundTrip().multipliedBy(ROUND_TRIPS);
                own.answerWithin(distant.compareTo(silenceMax) > 0 ? distant : silenceMax);
                observe(own);
            } catch (SQLException e) {
                if (own == null) {
                    warn(e); // once for each reason why no connection can be opened
                    fail(e);
                } else {
                    connections.discard(own, e);
                    own = null;
                    failProbe(e);
                }
                wake.drainPermits();
            } catch (RuntimeException e) {
                LOG.errorf(e, "The probe of %s failed unexpectedly", name);
            }
            probed();
            pause(untilNextProbe());
        }
        if (own != null) {
            connections.discard(own);
        }
    }

    private void failProbe(SQLException e) {
        if (!PostgresFailure.isCausedBy(e, SocketTimeoutException.class)) {
            fail(e);
            return;
        }
        fail(new SQLException("it does not answer", "08006"));
        calls.failAll(this::unanswered);
        scans.failAll(this::unanswered);
        connections.abortAll(); // their threads would wait much longer
    }

    private void pause(Duration time) {
        try {
            if (wake.tryAcquire(time.toNanos(), TimeUnit.NANOSECONDS)) {
                wake.drainPermits();
            }
        } catch (InterruptedException e) {
            closing = true;
        }
    }

    /** Finishes the calls that were accepted, then closes every connection. */
    @Override
    public void close() {
        calls.close();
        scans.close();
        closing = true;
        probeNow();
        connections.close();
    }
}
