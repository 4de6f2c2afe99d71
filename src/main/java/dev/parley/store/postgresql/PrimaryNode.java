package dev.parley.store.postgresql;

import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.Bookmark;
import dev.parley.store.Database.Work;
import dev.parley.store.Node;
import dev.parley.store.Served;
import dev.parley.store.Served.ReplyPosition;
import dev.parley.store.Statements;
import dev.parley.store.postgresql.Connector.ServerInfo;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
    private static final int ATTEMPTS = 2;

    private interface Attempt<T> {
        Served<T> on(NodeConnection connection) throws SQLException;
    }

    private final PostgresMeters meters;

    PrimaryNode(PrimaryLocator locator, PostgresHistory history, PostgresMeters meters) {
        super(locator.settings().primary().name(), UP, locator.connector(), locator, history, meters);
        this.meters = meters;
        meters.watchPrimary(node().name(), this::state, () -> locator.former().size());
    }

    @Override
    Node node() {
        return locator.current().node();
    }

    @Override
    long position() {
        return history.newest().position();
    }

    /**
     * Runs {@code work} in one transaction. It is READ COMMITTED: a guarded statement that had to wait for a row is evaluated against
     * the row as it is then, so nothing stricter is needed.
     */
    <T> CompletionStage<Served<T>> write(Work<T> work) {
        return run(false, connection -> {
            long began = System.nanoTime();
            connection.begin();
            T result;
            try {
                result = work.on(connection.statements());
            } catch (RuntimeException refusal) {
                history.observe(connection.rollback()); // which covers what refused work has read
                release(connection);
                throw refusal;
            }
            Bookmark committed = connection.commit();
            release(connection);
            meters.committed(System.nanoTime() - began);
            return new Served<>(result, history.text(committed), node(), false);
        });
    }

    /**
     * A bookmark may be of a commit that only a replica has shown so far; a read with one waits for it.
     *
     * @param scan whether {@code work} may take long
     * @param asked the position that the caller's bookmark stands for; null without a bookmark
     */
    <T> CompletionStage<Served<T>> read(Work<T> work, boolean scan, @Nullable Bookmark asked) {
        return run(scan, connection -> {
            if (asked != null && !settings.replicas().isEmpty()) {
                connection.settle(settings.bookmarkWait());
            }
            return serve(connection, work, asked);
        });
    }

    private <T> CompletionStage<Served<T>> run(boolean scan, Attempt<T> call) {
        return isServing() ? run(scan, () -> run(call)) : CompletableFuture.failedStage(unanswered());
    }

    /**
     * Retried once if the first attempt was certainly rolled back: by a conflict, or because the connection broke before COMMIT
     * was sent. If it breaks in COMMIT, the outcome is unknown, and the caller is refused.
     */
    private <T> Served<T> run(Attempt<T> call) {
        for (int attempt = 1; ; attempt++) {
            NodeConnection connection = takeCurrent();
            try {
                return call.on(connection);
            } catch (SQLException e) {
                discard(connection, e);
                boolean undone = PostgresFailure.isConflict(e)
                        || (PostgresFailure.isOfConnection(e) && !connection.isCommitting());
                if (!undone || attempt == ATTEMPTS) {
                    throw PostgresFailure.refusal(e);
                }
            }
        }
    }

    private NodeConnection takeCurrent() {
        if (!isServing()) {
            throw unanswered();
        }
        try {
            NodeConnection taken = take();
            while (locator.isFormer(taken.server())) { // idle since before a newer timeline was observed
                discard(taken);
                taken = take();
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

    @Override
    RuntimeException unanswered() {
        return new StoreUnavailable("The primary cannot be reached; try again.", RETRY_AFTER);
    }

    /** The bookmark of the caller is kept if it is of this history and not of its future. */
    @Override
    ReplyPosition shown(NodeConnection connection, @Nullable Bookmark asked) throws SQLException {
        Bookmark seen = connection.positionBehindQuery();
        boolean kept =
                asked == null || (connection.timelines().contains(asked) && !PostgresHistory.isLater(asked, seen));
        return new ReplyPosition(history.text(seen), node(), !kept);
    }

    @Override
    TimelineHistory accept(Statements statements, ServerInfo server) throws SQLException {
        if (server.inRecovery()) {
            throw new SQLException("The server is a standby", PostgresFailure.READ_ONLY);
        }
        locator.admit(statements, server);
        TimelineHistory before = history.timelines();
        if (before.timeline() == server.timeline() && before.system() == server.system()) {
            return before;
        }
        TimelineHistory known = TimelineHistory.of(statements, server);
        history.connected(known);
        if (before.timeline() != 0) {
            LOG.warnf(
                    "%s is another server than before: timeline %d, at %s",
                    node().name(), server.timeline(), locator.current().url());
        }
        return known;
    }

    @Override
    NodeConnection openProbe() throws SQLException {
        locator.locate();
        return super.openProbe();
    }

    @Override
    void observe(NodeConnection connection) throws SQLException {
        Bookmark position = connection.position(locator.seen());
        if (locator.isFormer(connection.server())) {
            throw new PostgresFailure.FormerPrimary("timeline %d is no longer the newest"
                    .formatted(connection.server().timeline()));
        }
        locator.watch();
        history.observePrimary(position);
        enterService();
    }

    @Override
    void fail(SQLException reason) {
        boolean former = reason instanceof PostgresFailure.FormerPrimary;
        leaveService(former ? "former" : "unreachable", reason);
        if (former) {
            abortAll(); // so that transactions under way there do not commit
        }
        closeIdle();
    }
}
