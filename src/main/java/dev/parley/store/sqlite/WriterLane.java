package dev.parley.store.sqlite;

import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.Database.Work;
import dev.parley.store.Node;
import dev.parley.store.Served;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes, with group commit: it runs all queued work in one transaction, makes it durable with one fsync, and then
 * completes the callers' stages. It never waits for more work: while one batch is committed the next one queues up, so the share of an
 * fsync per caller falls with load, and a single caller waits for nobody.
 *
 * <p>The work of a batch is independent. A rejection usually comes from a guard that matched no row, so it has changed nothing and
 * the batch continues; this saves a savepoint per work, two statements more. If work changed something before it failed, the whole
 * batch is rolled back and run again without it. If the engine fails, the whole batch fails.
 */
final class WriterLane implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(WriterLane.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    /** How often an idle writer checks that the files are still in place. */
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(250);

    /** How soon deleted rows leave the log of an encrypted store. */
    private static final Duration TRUNCATE_INTERVAL = Duration.ofSeconds(1);

    private static final Sql BEGIN = new Sql("begin", "BEGIN IMMEDIATE");
    private static final Sql COMMIT = new Sql("commit", "COMMIT");
    private static final Sql ROLLBACK = new Sql("rollback", "ROLLBACK");

    /** Opens a connection that writes. */
    interface Opener {
        Statements open() throws SQLException;
    }

    private final BlockingQueue<Pending<?>> queue;
    private final int batchMax;
    private final Opener opener;
    private final boolean truncating;
    private final FilePresence presence;
    private final Capacity capacity;
    private final SqliteFile file;
    private final SqliteHistory history;
    private final Node node;
    private final SqliteMeters meters;
    private final Outage outage = new Outage("Writes");
    private final Thread thread;
    private volatile boolean closing;
    private @Nullable Statements statements;

    /** Whether the log contains nothing of a commit since it was truncated. */
    private boolean settled;

    private long truncatedAt = System.nanoTime();

    /**
     * @param statements the first connection; after a failure {@code opener} opens another
     * @param truncating whether the log is truncated at short intervals
     * @param queueMax maximum work that waits; further work is rejected
     * @param batchMax maximum work in one transaction
     */
    WriterLane(
            Opener opener,
            Statements statements,
            boolean truncating,
            FilePresence presence,
            Capacity capacity,
            SqliteFile file,
            SqliteHistory history,
            Node node,
            SqliteMeters meters,
            int queueMax,
            int batchMax) {
        this.opener = opener;
        this.statements = statements;
        this.truncating = truncating;
        this.presence = presence;
        this.capacity = capacity;
        this.file = file;
        this.history = history;
        this.node = node;
        this.meters = meters;
        this.queue = new ArrayBlockingQueue<>(queueMax);
        this.batchMax = batchMax;
        this.thread = new Thread(this::run, "parley-writer");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    /** Queues {@code work}; the stage completes on the writer's thread after COMMIT. */
    <T> CompletionStage<Served<T>> write(Work<T> work) {
        var pending = new Pending<>(work);
        if (closing) {
            return CompletableFuture.failedStage(stopping());
        }
        if (!queue.offer(pending)) {
            return CompletableFuture.failedStage(
                    new StoreUnavailable("Too many writes are waiting; try again.", RETRY_AFTER));
        }
        // The thread may have ended since the first check, and would not take the work from the queue any more.
        if (closing && queue.remove(pending)) {
            return CompletableFuture.failedStage(stopping());
        }
        return pending.promise;
    }

    /** The number of works that wait. */
    int depth() {
        return queue.size();
    }

    /** Rejects new work, finishes queued work, and closes the connection. */
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // Work that was queued between the thread's last check and its end.
        for (Pending<?> pending = queue.poll(); pending != null; pending = queue.poll()) {
            pending.promise.completeExceptionally(stopping());
        }
    }

    private static StoreUnavailable stopping() {
        return new StoreUnavailable("The service is stopping; try again.", RETRY_AFTER);
    }

    private void run() {
        var batch = new ArrayList<Pending<?>>(batchMax);
        while (!closing || !queue.isEmpty()) {
            try {
                Pending<?> first = queue.poll(CHECK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
                if (first == null) {
                    presence.check();
                } else {
                    batch.add(first);
                    queue.drainTo(batch, batchMax - 1);
                    commit(batch);
                    batch.clear();
                }
            } catch (InterruptedException e) {
                continue; // by close()
            }
            settle();
        }
        truncateLog();
        abandonConnection();
    }

    /**
     * Truncates the log where its content must not stay in it: deleted rows of an encrypted store, and commits whose file was
     * deleted or replaced, because the log would be applied to the file that took its place.
     */
    private void settle() {
        boolean due =
                presence.isLost() || (truncating && System.nanoTime() - truncatedAt > TRUNCATE_INTERVAL.toNanos());
        if (!settled && due) {
            settled = truncateLog();
            truncatedAt = System.nanoTime();
        }
    }

    /** At the end, too: a copy of the file that is made after a stop contains everything. */
    private boolean truncateLog() {
        if (statements == null && presence.isLost()) {
            return true;
        }
        try {
            return file.truncateLog(connection());
        } catch (StoreUnavailable e) {
            LOG.debug("The write-ahead log was not truncated because it is missing", e);
        } catch (SQLException e) {
            LOG.warnf("The write-ahead log was not truncated and stays beside the file: %s", e.getMessage());
        }
        return true;
    }

    private void commit(List<Pending<?>> batch) {
        try {
            presence.require(); // a commit into a file that is gone would be an error with an effect
            String bookmark = transaction(batch);
            batch.forEach(pending -> pending.complete(bookmark, node));
        } catch (StoreUnavailable e) {
            fail(batch, e);
        } catch (SQLException e) {
            RuntimeException failure = failure(e);
            abandonConnection();
            fail(batch, failure);
        } catch (RuntimeException | Error e) {
            LOG.error("A write failed unexpectedly", e);
            abandonConnection();
            fail(batch, e);
        }
    }

    private static void fail(List<Pending<?>> batch, Throwable failure) {
        batch.forEach(pending -> pending.promise.completeExceptionally(failure));
    }

    /** SQLite reports a missing file in many ways. */
    private RuntimeException failure(SQLException e) {
        try {
            presence.require();
            return outage.failure(e);
        } catch (StoreUnavailable missing) {
            return missing;
        }
    }

    /** Runs the batch in one transaction, again without work that failed after a change; returns the commit's bookmark. */
    private String transaction(List<Pending<?>> batch) throws SQLException {
        Statements tx = connection();
        while (true) {
            capacity.measure(tx);
            long began = System.nanoTime();
            tx.call(BEGIN).run();
            long rowsBefore = tx.rowsChanged();
            if (!attemptAll(tx, batch)) {
                tx.call(ROLLBACK).run();
                continue;
            }
            boolean changed = tx.rowsChanged() > rowsBefore;
            if (changed) {
                settled = false;
                history.advance(tx);
            }
            tx.call(COMMIT).run();
            presence.require();
            meters.committed(batch.size(), System.nanoTime() - began);
            if (changed) {
                outage.end();
            }
            return history.word();
        }
    }

    /** Returns false if work failed after it had changed something; it is excluded from the next attempt. */
    private boolean attemptAll(Statements tx, List<Pending<?>> batch) throws SQLException {
        for (Pending<?> pending : batch) {
            long rowsBefore = tx.rowsChanged();
            pending.attempt(tx, outage);
            if (pending.failure != null && !pending.excluded && tx.rowsChanged() > rowsBefore) {
                pending.excluded = true;
                return false;
            }
        }
        return true;
    }

    private Statements connection() throws SQLException {
        if (statements == null) {
            statements = opener.open();
        }
        return statements;
    }

    /** The state of a connection is unknown after a failure of the engine; the next batch opens another. */
    private void abandonConnection() {
        if (statements == null) {
            return;
        }
        try {
            statements.close();
        } catch (SQLException e) {
            LOG.warnf("The writer's connection was not closed: %s", e.getMessage());
        }
        statements = null;
    }

    private static final class Pending<T> {
        private final Work<T> work;
        private final CompletableFuture<Served<T>> promise = new CompletableFuture<>();
        private @Nullable T result;
        private @Nullable Throwable failure;
        private boolean excluded;

        Pending(Work<T> work) {
            this.work = work;
        }

        /** Runs the work unless it is excluded; throws failures of the engine only. */
        void attempt(Statements tx, Outage outage) throws SQLException {
            if (excluded) {
                return;
            }
            result = null;
            failure = null;
            try {
                result = work.on(tx);
            } catch (SignalingException e) {
                failure = e;
            } catch (SQLException e) {
                if (!Outage.isOfStatement(e)) {
                    throw e;
                }
                failure = outage.failure(e);
            } catch (RuntimeException e) {
                failure = e;
            }
        }

        @SuppressWarnings("NullAway") // work that did not fail has a result
        void complete(String bookmark, Node node) {
            if (failure != null) {
                promise.completeExceptionally(failure);
            } else {
                promise.complete(new Served<>(result, bookmark, node, false));
            }
        }
    }
}
