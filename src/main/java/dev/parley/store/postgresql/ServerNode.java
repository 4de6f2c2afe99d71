package dev.parley.store.postgresql;

import dev.parley.session.SignalingException;
import dev.parley.store.Bookmark;
import dev.parley.store.Database.Work;
import dev.parley.store.Futures.RefusedBy;
import dev.parley.store.Node;
import dev.parley.store.Node.NodeState;
import dev.parley.store.Served;
import dev.parley.store.Served.ReplyPosition;
import dev.parley.store.Statements;
import dev.parley.store.StoreThreads;
import dev.parley.store.postgresql.Connector.ServerInfo;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One server with threads, connections and a probe of its own, so that a server that hangs delays only the calls that need it.
 *
 * <p>The probe is one thread with one connection. Its socket has a time limit, which a pause of this process does not use up: an
 * answer that has arrived meanwhile is read. Connecting is not limited in that way, because it takes a distant server longer. While
 * calls wait for what a probe may find, it runs every two milliseconds: one query then serves them all, and they hold neither a thread
 * nor a connection.
 */
abstract class ServerNode implements AutoCloseable {
    /** The state of a node in service; any other one is the reason why it is out. */
    static final String UP = "up";

    private static final Logger LOG = Logger.getLogger(ServerNode.class);
    private static final long PROBE_MILLIS = 100;
    private static final long PROBE_WHILE_AWAITED_MILLIS = 2;
    private static final long GRACE_MILLIS = 1_000;
    private static final Duration CLOSE_MAX = Duration.ofSeconds(10);
    private static final int SCAN_THREADS = 2;
    private static final int SCAN_QUEUE_MAX = 256;
    private static final int REASONS_MAX = 8;

    /** A distant server may take this many to answer a probe: one packet may be delayed or sent again without an outage. */
    private static final int ROUND_TRIPS = 4;

    private record Waiter(BooleanSupplier isOver, CompletableFuture<@Nullable Void> over) {}

    final PrimaryLocator locator;
    final PostgresSettings settings;
    final PostgresHistory history;
    private final String name;
    private final Connector connector;
    private final StoreThreads calls;
    private final StoreThreads scans;
    private final Queue<Waiter> waiters = new ConcurrentLinkedQueue<>();
    private final Set<String> reasons = new HashSet<>();

    /** All connections; the threads that use them bound their number. */
    private final Set<NodeConnection> connections = ConcurrentHashMap.newKeySet();

    private final ConcurrentLinkedDeque<NodeConnection> idle = new ConcurrentLinkedDeque<>();
    private final AtomicInteger aborts = new AtomicInteger();
    private final Semaphore wake = new Semaphore(0);
    private volatile String state;
    private volatile boolean closing;

    ServerNode(
            String name,
            String state,
            Connector connector,
            PrimaryLocator locator,
            PostgresHistory history,
            PostgresMeters meters) {
        this.name = name;
        this.state = state;
        this.connector = connector;
        this.locator = locator;
        this.settings = locator.settings();
        this.history = history;
        this.calls = new StoreThreads(name, settings.threads(), settings.queueMax(), CLOSE_MAX);
        this.scans = new StoreThreads(name + "-scan", SCAN_THREADS, SCAN_QUEUE_MAX, CLOSE_MAX);
        meters.watchQueue(name, calls);
        meters.watchQueue(name + "-scan", scans);
    }

    abstract Node node();

    abstract long position();

    /**
     * Refuses a server that does not have the role of this node, when a connection to it was opened.
     *
     * @return the timelines of a primary; null on a replica
     */
    abstract @Nullable TimelineHistory accept(Statements statements, ServerInfo server) throws SQLException;

    /** Reads the position of the server, and puts the node into service if it may serve; called by each probe. */
    abstract void observe(NodeConnection connection) throws SQLException;

    /** Takes the node out of service. */
    abstract void fail(SQLException reason);

    /** The exception for callers whose call the server has not answered. */
    abstract RuntimeException unanswered();

    /** How new the state is that was just read. */
    abstract ReplyPosition shown(NodeConnection connection, @Nullable Bookmark asked) throws SQLException;

    boolean isServing() {
        return state.equals(UP);
    }

    NodeState state() {
        String now = state;
        long position = position();
        return new NodeState(
                node(), now.equals(UP), now, position, history.lag(position), history.bytesBehind(position));
    }

    /**
     * The connection that was used last, else a new one.
     *
     * @throws SQLException also if {@link #abortAll} ran while the connection was opened, since its caller has been answered
     */
    NodeConnection take() throws SQLException {
        int before = aborts.get();
        NodeConnection pooled = idle.poll();
        NodeConnection taken = pooled == null ? open() : pooled;
        connections.add(taken);
        if (aborts.get() != before) {
            discard(taken);
            throw new SQLException("The server stopped answering while a connection was opened", "08006");
        }
        return taken;
    }

    private NodeConnection open() throws SQLException {
        Connection connection = connector.connect();
        try {
            var statements = new Statements(connection); // opening a connection is not a slow statement of a caller
            ServerInfo server = ServerInfo.of(statements, settings.statementTimeout());
            var opened = new NodeConnection(connection, server, accept(statements, server), settings.slow());
            opened.answerWithin(settings.statementTimeout().toMillis() + GRACE_MILLIS);
            return opened;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Puts back a connection that has no transaction. */
    void release(NodeConnection connection) {
        idle.addFirst(connection);
        if (closing) {
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
        connections.remove(connection);
        connection.close();
    }

    void closeIdle() {
        for (NodeConnection pooled = idle.poll(); pooled != null; pooled = idle.poll()) {
            discard(pooled);
        }
    }

    /** Closes the socket of every connection, so that a thread that waits for an answer there fails at once. */
    void abortAll() {
        aborts.incrementAndGet();
        connections.forEach(NodeConnection::abort);
        closeIdle();
    }

    <T> CompletionStage<T> run(boolean scan, Callable<T> call) {
        return (scan ? scans : calls).run(call);
    }

    /** Runs {@code work} as a query and releases the connection, unless that fails with an SQLException. */
    <T> Served<T> serve(NodeConnection connection, Work<T> work, @Nullable Bookmark asked) throws SQLException {
        T result;
        try {
            result = work.on(connection.queries());
        } catch (SignalingException refusal) {
            throw new RefusedBy(refusal, released(connection, asked));
        } catch (RuntimeException fault) {
            discard(connection);
            throw fault;
        }
        ReplyPosition shown = released(connection, asked);
        return new Served<>(result, shown.bookmark(), shown.node(), shown.reset());
    }

    private ReplyPosition released(NodeConnection connection, @Nullable Bookmark asked) throws SQLException {
        ReplyPosition shown = shown(connection, asked);
        release(connection);
        return shown;
    }

    /** Completes after the probe that finds {@code isOver} true, or when the time is up. */
    CompletionStage<@Nullable Void> await(BooleanSupplier isOver, Duration max) {
        var waiter = new Waiter(isOver, new CompletableFuture<>());
        waiters.add(waiter);
        return waiter.over.completeOnTimeout(null, max.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Logs each reason once until the node is back. */
    void leaveService(String newState, SQLException reason) {
        state = newState;
        String why = PostgresFailure.line(reason);
        synchronized (reasons) {
            if (reasons.size() < REASONS_MAX && reasons.add(why)) {
                LOG.warnf("%s is out of service: %s", name, why);
            }
        }
    }

    void enterService() {
        if (isServing()) {
            return;
        }
        state = UP;
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

    NodeConnection openProbe() throws SQLException {
        return take();
    }

    private void probe(@Nullable NodeConnection first) {
        NodeConnection own = first;
        long roundTrip = first == null ? 0 : first.server().roundTrip().toNanos(); // the shortest that was measured
        while (!closing) {
            try {
                if (own == null) {
                    own = openProbe();
                    roundTrip = own.server().roundTrip().toNanos();
                }
                own.answerWithin(Math.max(
                        settings.silenceMax().toMillis(), TimeUnit.NANOSECONDS.toMillis(ROUND_TRIPS * roundTrip)));
                long asked = System.nanoTime();
                observe(own);
                roundTrip = Math.min(roundTrip, System.nanoTime() - asked);
            } catch (SQLException e) {
                boolean isSilent = own != null && PostgresFailure.isCausedBy(e, SocketTimeoutException.class);
                if (own != null) {
                    discard(own, e);
                    own = null;
                }
                fail(isSilent ? new SQLException("it does not answer", "08006") : e);
                if (isSilent) {
                    calls.failAll(this::unanswered);
                    scans.failAll(this::unanswered);
                    abortAll(); // their threads would wait much longer
                }
                wake.drainPermits();
            } catch (RuntimeException e) {
                LOG.errorf(e, "The probe of %s failed unexpectedly", name);
            }
            waiters.stream()
                    .filter(waiter -> waiter.isOver.getAsBoolean())
                    .forEach(waiter -> waiter.over.complete(null));
            waiters.removeIf(waiter -> waiter.over.isDone());
            pause(isServing() && !waiters.isEmpty() ? PROBE_WHILE_AWAITED_MILLIS : PROBE_MILLIS);
        }
        if (own != null) {
            discard(own);
        }
    }

    void probeNow() {
        wake.release();
    }

    private void pause(long millis) {
        try {
            if (wake.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
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
        closeIdle();
    }
}
