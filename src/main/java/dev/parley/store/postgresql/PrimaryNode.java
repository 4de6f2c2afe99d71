package dev.parley.store.postgresql;

import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.Bookmark;
import dev.parley.store.Node;
import dev.parley.store.NodeState;
import dev.parley.store.RefusedBy;
import dev.parley.store.ReplyPosition;
import dev.parley.store.Served;
import dev.parley.store.Statements;
import dev.parley.store.StoreThreads;
import dev.parley.store.Work;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The node that takes writes: whichever of the named hosts is no standby.
 *
 * <p>Where it cannot be reached, calls are refused at once and only the probe keeps trying, so nobody waits for a dead server.
 * After a failover the probe meets the promoted standby and notes the new timeline before anything is served.
 */
final class PrimaryNode implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(PrimaryNode.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final Duration PROBE_WHEN_DOWN = Duration.ofMillis(100);
    private static final int ATTEMPTS = 2;

    private static final Duration WATCH = Duration.ofSeconds(10);

    private final PrimaryLocator locator;
    private final Connector connector;
    private final StoreThreads calls;
    private final StoreThreads scans;
    private final Connections connections = new Connections(this::open);
    private final LagTracker course;
    private final PostgresMeters meters;
    private final Duration probeInterval;
    private final Silence silence;
    private final Reasons reasons = new Reasons();
    private final Semaphore wake = new Semaphore(0);
    private final Queue<CompletableFuture<@Nullable Void>> waiters = new ConcurrentLinkedQueue<>();
    private final Thread probe;
    private @Nullable PostgresHistory history;
    private @Nullable NodeConnection probed;
    private volatile boolean reachable = true;
    private volatile String trouble = "unreachable";
    private long watched = System.nanoTime();
    private volatile boolean closing;

    /**
     * @param calls threads for reads and writes, each with a connection
     * @param scans the same for queries over many rows
     */
    PrimaryNode(
            PrimaryLocator locator,
            Connector connector,
            StoreThreads calls,
            StoreThreads scans,
            LagTracker course,
            PostgresMeters meters,
            Duration probeInterval,
            Duration silenceMax) {
        this.locator = locator;
        this.connector = connector;
        this.calls = calls;
        this.scans = scans;
        this.course = course;
        this.meters = meters;
        this.probeInterval = probeInterval;
        this.silence = new Silence(silenceMax, this::silent);
        this.probe = new Thread(this::probe, "parley-probe-" + node().name());
        this.probe.setDaemon(true);
    }

    /** Makes the first connection, whose line everything after is held against. */
    NodeConnection meet() throws SQLException {
        return connections.take();
    }

    /** Starts the probe; from now on calls are served. */
    void serve(PostgresHistory told, NodeConnection first) {
        history = told;
        probed = first;
        probe.start();
    }

    Node node() {
        return locator.current().node();
    }

    /** How many servers took writes, when last looked at, although another one is the primary now. */
    int oldPrimaries() {
        return locator.refused().size();
    }

    boolean isReachable() {
        return reachable;
    }

    /** Completes when it can be reached, or when the time is up. */
    CompletionStage<@Nullable Void> reached(Duration wait) {
        var waiter = new CompletableFuture<@Nullable Void>();
        waiters.add(waiter);
        return waiter.completeOnTimeout(null, wait.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Whether it answers is judged at each beat of this. */
    Silence silence() {
        return silence;
    }

    NodeState state() {
        Bookmark newest = history().newest();
        return new NodeState(node(), reachable, reachable ? "up" : trouble, newest.position(), Duration.ZERO, 0);
    }

    /** Runs {@code work} in one transaction. */
    <T> CompletionStage<Served<T>> write(Work<T> work) {
        return reachable ? calls.run(() -> written(work)) : CompletableFuture.failedStage(unreachable());
    }

    /**
     * Answers {@code query}.
     *
     * @param scan whether it may take its time
     * @param asked the bookmark that was sent; null without one
     */
    <T> CompletionStage<Served<T>> read(NodeQuery<T> query, boolean scan, @Nullable Bookmark asked) {
        return reachable
                ? (scan ? scans : calls).run(() -> answered(query, asked))
                : CompletableFuture.failedStage(unreachable());
    }

    /**
     * The transaction is READ COMMITTED: a guarded statement that had to wait for a row is held against the row
     * as it is then, so nothing stricter is needed.
     *
     * <p>Once more, where the first try was certainly rolled back: by a conflict, or by a connection that broke before COMMIT
     * was sent. A connection that breaks in COMMIT leaves open whether the work was done, and the caller is told to try again.
     */
    private <T> Served<T> written(Work<T> work) {
        for (int attempt = 1; ; attempt++) {
            NodeConnection connection = take();
            boolean committing = false;
            long began = System.nanoTime();
            try {
                connection.begin();
                T result = work.on(connection.statements());
                committing = true;
                Bookmark seen = connection.lineage().at(connection.commit());
                connections.rest(connection);
                meters.committed(System.nanoTime() - began);
                return new Served<>(result, history().word(seen), node(), false);
            } catch (SQLException e) {
                boolean undone = PostgresFailure.isConflict(e) || (!committing && PostgresFailure.isOfConnection(e));
                failed(connection, e);
                if (!undone || attempt == ATTEMPTS) {
                    throw told(e);
                }
            } catch (RuntimeException refusal) {
                undo(connection);
                throw refusal;
            }
        }
    }

    /** Takes back what refused work has changed, and remembers what it has seen. */
    private void undo(NodeConnection connection) {
        try {
            history().saw(connection.lineage().at(connection.rollback()));
            connections.rest(connection);
        } catch (SQLException e) {
            failed(connection, e);
            throw told(e);
        }
    }

    /** Asks once more where a connection that had rested turns out to be broken. */
    private <T> Served<T> answered(NodeQuery<T> query, @Nullable Bookmark asked) {
        for (int attempt = 1; ; attempt++) {
            NodeConnection connection = take();
            try {
                T result;
                try {
                    result = query.on(connection);
                } catch (SignalingException refusal) {
                    throw new RefusedBy(refusal, standpoint(connection, asked));
                } catch (RuntimeException fault) {
                    connections.discard(connection);
                    throw fault;
                }
                ReplyPosition seen = standpoint(connection, asked);
                return new Served<>(result, seen.bookmark(), seen.node(), seen.reset());
            } catch (SQLException e) {
                failed(connection, e);
                if (!PostgresFailure.isOfConnection(e) || attempt == ATTEMPTS) {
                    throw told(e);
                }
            }
        }
    }

    /** How new what was just read is; the connection is at rest from now on. */
    private ReplyPosition standpoint(NodeConnection connection, @Nullable Bookmark asked) throws SQLException {
        Bookmark seen = connection.lineage().at(connection.positionBehindQuery());
        boolean reset = asked != null && !isKept(asked, connection.lineage(), seen);
        connections.rest(connection);
        return new ReplyPosition(history().word(seen), node(), reset);
    }

    /** Whether {@code asked} is of this history and not of its future. */
    private static boolean isKept(Bookmark asked, TimelineHistory lineage, Bookmark seen) {
        return lineage.holds(asked) && !PostgresHistory.isLater(asked, seen);
    }

    private NodeConnection take() {
        if (!reachable) {
            throw unreachable();
        }
        try {
            NodeConnection taken = connections.take();
            while (isOld(taken)) { // at rest since before a newer timeline was seen
                connections.discard(taken);
                taken = connections.take();
            }
            return taken;
        } catch (SQLException e) {
            if (PostgresFailure.isOfConnection(e)) {
                lost(e);
            }
            throw told(e);
        }
    }

    private boolean isOld(NodeConnection connection) {
        ServerInfo hello = connection.hello();
        return hello.timeline() < locator.seen().newest(hello.system());
    }

    private void failed(NodeConnection connection, SQLException e) {
        connections.discard(connection, e);
    }

    private static RuntimeException told(SQLException e) {
        return PostgresFailure.isFault(e) ? new IllegalStateException(e) : PostgresFailure.told(e);
    }

    private static StoreUnavailable unreachable() {
        return new StoreUnavailable("The primary cannot be reached; try again.", RETRY_AFTER);
    }

    private NodeConnection open() throws SQLException {
        return connector.open((connection, statements, hello) -> {
            if (hello.inRecovery()) {
                throw new SQLException("The server is a standby", PostgresFailure.READ_ONLY);
            }
            locator.admit(statements, hello);
            return new NodeConnection(connection, statements, hello, lineage(connection, statements, hello));
        });
    }

    /** The line that the server tells; where it is another than before, that is made known. */
    private TimelineHistory lineage(Connection connection, Statements statements, ServerInfo hello)
            throws SQLException {
        PostgresHistory known = history;
        if (known != null
                && known.lineage().timeline() == hello.timeline()
                && known.lineage().system() == hello.system()) {
            return known.lineage();
        }
        TimelineHistory told = Timelines.lineage(statements, hello);
        if (known != null) {
            LOG.warnf(
                    "%s is another server than before: timeline %d, at %s",
                    node().name(), hello.timeline(), connection.getMetaData().getURL());
            known.met(told);
            locator.moved();
        }
        return told;
    }

    private void lost(SQLException e) {
        boolean old = e instanceof OldPrimary;
        if (reachable) {
            warn(e);
        }
        trouble = old ? "old" : "unreachable";
        reachable = false;
        if (old) {
            connections.breakAll(); // what is under way there is not to be committed
        }
        connections.drop();
        wake.release();
    }

    private void warn(SQLException e) {
        reasons.warn(node().name() + (e instanceof OldPrimary ? " is out of service" : " cannot be reached"), e);
    }

    /** It hangs: its connections stand, and no answer comes. Nobody goes on waiting. */
    private void silent() {
        if (reachable) {
            LOG.warnf("%s does not answer", node().name());
        }
        reachable = false;
        connections.breakAll();
        calls.failAll(PrimaryNode::unreachable);
        scans.failAll(PrimaryNode::unreachable);
    }

    private void probe() {
        NodeConnection own = probed;
        while (!closing) {
            try {
                if (own == null) {
                    locator.locate(); // both take as long as the distance wants: calls are refused meanwhile
                    own = connections.take();
                }
                silence.asked(own.roundTrip());
                long position = own.position(locator.seen());
                silence.broken();
                if (isOld(own)) {
                    throw new OldPrimary("timeline %d is no longer the newest"
                            .formatted(own.hello().timeline()));
                }
                locator.seen().save();
                watch();
                course.at(own.lineage().timeline(), position, System.nanoTime());
                history().saw(own.lineage().at(position));
                if (!reachable) {
                    LOG.infof("%s can be reached again", node().name());
                    reasons.forget();
                    reachable = true;
                }
                waiters.forEach(waiter -> waiter.complete(null));
            } catch (SQLException e) {
                silence.broken();
                if (own == null) {
                    warn(e);
                } else {
                    connections.discard(own, e);
                    own = null;
                }
                lost(e);
                wake.drainPermits();
            } catch (RuntimeException e) {
                LOG.error("The probe of the primary met a fault", e);
            }
            waiters.removeIf(CompletableFuture::isDone);
            pause(reachable ? probeInterval : PROBE_WHEN_DOWN);
        }
        if (own != null) {
            connections.discard(own);
        }
    }

    /** Now and then the other servers are looked at, too: one of them may have been promoted. */
    private void watch() {
        if (System.nanoTime() - watched > WATCH.toNanos()) {
            watched = System.nanoTime();
            locator.watch();
        }
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

    private PostgresHistory history() {
        if (history == null) {
            throw new IllegalStateException("The primary does not serve yet");
        }
        return history;
    }

    @Override
    public void close() {
        calls.close();
        scans.close();
        closing = true;
        wake.release();
        connections.close();
    }
}
