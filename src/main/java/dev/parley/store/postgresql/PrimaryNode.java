package dev.parley.store.postgresql;

import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.Bookmark;
import dev.parley.store.Database.Work;
import dev.parley.store.Node;
import dev.parley.store.Node.NodeState;
import dev.parley.store.Served;
import dev.parley.store.Served.ReplyPosition;
import dev.parley.store.Statements;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The node that takes writes: whichever of the configured hosts is not a standby.
 *
 * <p>While it cannot be reached, calls are refused at once and only the probe retries. After a failover the probe connects to the
 * promoted standby, and the new timeline is recorded before anything is served.
 */
final class PrimaryNode extends ServerNode {
    private static final Logger LOG = Logger.getLogger(PrimaryNode.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final Duration PROBE_WHEN_DOWN = Duration.ofMillis(100);
    private static final Duration WATCH_INTERVAL = Duration.ofSeconds(10);
    private static final int ATTEMPTS = 2;

    private final PrimaryLocator locator;
    private final Connector connector;
    private final LagTracker lag;
    private final PostgresMeters meters;
    private final Duration probeInterval;
    private final Queue<CompletableFuture<@Nullable Void>> waiters = new ConcurrentLinkedQueue<>();
    private @Nullable PostgresHistory history;
    private volatile @Nullable String trouble;
    private long watched = System.nanoTime();

    PrimaryNode(PostgresSettings settings, LagTracker lag, PostgresMeters meters) {
        super(settings.locator().current().node().name(), settings, meters);
        this.locator = settings.locator();
        this.connector = new Connector(() -> locator.current().url(), settings.statementTimeout(), settings.slow());
        this.lag = lag;
        this.meters = meters;
        this.probeInterval = settings.probeInterval();
        meters.watchPrimary(
                node().name(), this::isServing, () -> locator.refused().size());
    }

    /** Starts to serve. {@code first} is a connection that was taken from {@link #connections}. */
    void start(PostgresHistory history, NodeConnection first) {
        this.history = history;
        startProbe(first);
    }

    Node node() {
        return locator.current().node();
    }

    @Override
    boolean isServing() {
        return trouble == null;
    }

    NodeState state() {
        String out = trouble;
        long position = history().newest().position();
        return new NodeState(node(), out == null, out == null ? "up" : out, position, Duration.ZERO, 0);
    }

    /** Completes when the primary is in service, or when the time is up. */
    CompletionStage<@Nullable Void> back(Duration wait) {
        var waiter = new CompletableFuture<@Nullable Void>();
        waiters.add(waiter);
        return waiter.completeOnTimeout(null, wait.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Runs {@code work} in one transaction. */
    <T> CompletionStage<Served<T>> write(Work<T> work) {
        return isServing() ? run(false, () -> written(work)) : CompletableFuture.failedStage(unanswered());
    }

    /**
     * @param scan whether {@code query} may take long
     * @param asked the position that the caller's bookmark stands for; null without a bookmark
     */
    <T> CompletionStage<Served<T>> read(NodeConnection.Query<T> query, boolean scan, @Nullable Bookmark asked) {
        return isServing() ? run(scan, () -> read(query, asked)) : CompletableFuture.failedStage(unanswered());
    }

    /**
     * The transaction is READ COMMITTED: a guarded statement that had to wait for a row is evaluated against the row as it is
     * then, so nothing stricter is needed.
     *
     * <p>Retried once if the first attempt was certainly rolled back: by a conflict, or because the connection broke before COMMIT
     * was sent. If it breaks in COMMIT, the outcome is unknown, and the caller is refused.
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
                Bookmark committed = connection.timelines().at(connection.commit());
                connections.release(connection);
                meters.committed(System.nanoTime() - began);
                return new Served<>(result, history().text(committed), node(), false);
            } catch (SQLException e) {
                connections.discard(connection, e);
                boolean undone = PostgresFailure.isConflict(e) || (!committing && PostgresFailure.isOfConnection(e));
                if (!undone || attempt == ATTEMPTS) {
                    throw PostgresFailure.refusal(e);
                }
            } catch (RuntimeException refusal) {
                rollBack(connection);
                throw refusal;
            }
        }
    }

    /** What refused work has read counts as observed. */
    private void rollBack(NodeConnection connection) {
        try {
            history().observe(connection.timelines().at(connection.rollback()));
            connections.release(connection);
        } catch (SQLException e) {
            connections.discard(connection, e);
            throw PostgresFailure.refusal(e);
        }
    }

    /** Retries once if an idle connection turns out to be broken. */
    private <T> Served<T> read(NodeConnection.Query<T> query, @Nullable Bookmark asked) {
        for (int attempt = 1; ; attempt++) {
            NodeConnection connection = take();
            try {
                return serve(connection, query, asked);
            } catch (SQLException e) {
                connections.discard(connection, e);
                if (!PostgresFailure.isOfConnection(e) || attempt == ATTEMPTS) {
                    throw PostgresFailure.refusal(e);
                }
            }
        }
    }

    /** The bookmark of the caller is kept if it is of this history and not of its future. */
    @Override
    ReplyPosition shown(NodeConnection connection, @Nullable Bookmark asked) throws SQLException {
        Bookmark seen = connection.timelines().at(connection.positionBehindQuery());
        boolean kept =
                asked == null || (connection.timelines().contains(asked) && !PostgresHistory.isLater(asked, seen));
        return new ReplyPosition(history().text(seen), node(), !kept);
    }

    private NodeConnection take() {
        if (!isServing()) {
            throw unanswered();
        }
        try {
            NodeConnection taken = connections.take();
            while (isOld(taken)) { // idle since before a newer timeline was observed
                connections.discard(taken);
                taken = connections.take();
            }
            return taken;
        } catch (SQLException e) {
            if (PostgresFailure.isOfConnection(e)) {
                fail(e);
                probeNow();
            }
            throw PostgresFailure.refusal(e);
        }
    }

    private boolean isOld(NodeConnection connection) {
        ServerInfo server = connection.server();
        return server.timeline() < locator.seen().newest(server.system());
    }

    @Override
    RuntimeException unanswered() {
        return new StoreUnavailable("The primary cannot be reached; try again.", RETRY_AFTER);
    }

    @Override
    NodeConnection open() throws SQLException {
        return connector.open((connection, statements, server) -> {
            if (server.inRecovery()) {
                throw new SQLException("The server is a standby", PostgresFailure.READ_ONLY);
            }
            var unreported = new Statements(connection); // opening a connection is not a slow statement of a caller
            locator.admit(unreported, server);
            return new NodeConnection(connection, statements, server, timelines(connection, unreported, server));
        });
    }

    private TimelineHistory timelines(Connection connection, Statements statements, ServerInfo server)
            throws SQLException {
        PostgresHistory before = history;
        if (before != null
                && before.timelines().timeline() == server.timeline()
                && before.timelines().system() == server.system()) {
            return before.timelines();
        }
        TimelineHistory known = TimelineHistory.of(statements, server);
        if (before != null) {
            LOG.warnf(
                    "%s is another server than before: timeline %d, at %s",
                    node().name(), server.timeline(), connection.getMetaData().getURL());
            before.connected(known);
            locator.moved();
        }
        return known;
    }

    @Override
    void stopServing(SQLException reason) {
        boolean old = reason instanceof PostgresFailure.OldPrimary;
        trouble = old ? "old" : "unreachable";
        if (old) {
            connections.abortAll(); // so that transactions under way there do not commit
        }
        connections.closeIdle();
    }

    @Override
    NodeConnection openProbe() throws SQLException {
        locator.locate();
        return connections.take();
    }

    @Override
    void observe(NodeConnection connection) throws SQLException {
        long position = connection.position(locator.seen());
        if (isOld(connection)) {
            throw new PostgresFailure.OldPrimary("timeline %d is no longer the newest"
                    .formatted(connection.server().timeline()));
        }
        locator.seen().save();
        watch();
        lag.at(connection.timelines().timeline(), position, System.nanoTime());
        history().observe(connection.timelines().at(position));
        if (!isServing()) {
            trouble = null;
            logBack();
        }
        waiters.forEach(waiter -> waiter.complete(null));
    }

    /** Examines the other servers now and then: one of them may have been promoted. */
    private void watch() {
        if (System.nanoTime() - watched > WATCH_INTERVAL.toNanos()) {
            watched = System.nanoTime();
            locator.watch();
        }
    }

    @Override
    void probed() {
        waiters.removeIf(CompletableFuture::isDone);
    }

    @Override
    Duration untilNextProbe() {
        return isServing() ? probeInterval : PROBE_WHEN_DOWN;
    }

    private PostgresHistory history() {
        if (history == null) {
            throw new IllegalStateException("The primary does not serve yet");
        }
        return history;
    }
}
