package dev.parley.store.sqlite;

import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.Node;
import dev.parley.store.Served;
import dev.parley.store.Sql;
import dev.parley.store.Statements;
import dev.parley.store.Work;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes, and group commit: it takes all the work that waits, runs it in one transaction, makes it durable
 * with one fsync, and only then tells the callers. It never waits for more to come: while one batch is made durable the next one
 * gathers, so the more callers there are, the less of an fsync each costs, and a lone caller waits for nobody.
 *
 * <p>The work of a batch is independent. A refusal usually comes from a guard that missed, so it has changed nothing and the
 * batch goes on; this spares a savepoint for each work, two statements more. Where work did change something before it failed,
 * the whole batch is rolled back and run again without it. Where the engine fails, no work of the batch remains and all are told.
 */
final class WriterLane implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(WriterLane.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    static final Sql BEGIN = new Sql("begin", "BEGIN IMMEDIATE");
    static final Sql COMMIT = new Sql("commit", "COMMIT");
    private static final Sql ROLLBACK = new Sql("rollback", "ROLLBACK");

    /** Moves what is in the write-ahead log into the file, as far as no reader is in the way. */
    static final Sql CHECKPOINT = new Sql("checkpoint", "PRAGMA wal_checkpoint(PASSIVE)");

    /** Opens a connection that writes, or fails. */
    interface Opener {
        Statements open() throws SQLException;
    }

    private final BlockingQueue<Pending<?>> queue;
    private final int batchMax;
    private final Opener opener;
    private final FilePresence presence;
    private final Capacity capacity;
    private final SecureDelete cleaning;
    private final Queue<CompletableFuture<@Nullable Void>> cleaned = new ConcurrentLinkedQueue<>();
    private final Outage outage = new Outage("Writes");
    private final SqliteHistory history;
    private final Node node;
    private final SqliteMeters meters;
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean settling;
    private @Nullable Statements statements;

    /**
     * @param queueMax how much work may wait; beyond it work is refused
     * @param batchMax how much work one transaction takes
     */
    WriterLane(
            Opener opener,
            Statements statements,
            FilePresence presence,
            Capacity capacity,
            SecureDelete cleaning,
            SqliteHistory history,
            Node node,
            SqliteMeters meters,
            int queueMax,
            int batchMax) {
        this.opener = opener;
        this.presence = presence;
        this.capacity = capacity;
        this.cleaning = cleaning;
        this.statements = statements;
        this.history = history;
        this.node = node;
        this.meters = meters;
        this.queue = new ArrayBlockingQueue<>(queueMax);
        this.batchMax = batchMax;
        this.thread = new Thread(this::run, "parley-writer");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    /** Puts {@code work} in line; the stage completes on the writer's thread after COMMIT. */
    <T> CompletionStage<Served<T>> write(Work<T> work) {
        var pending = new Pending<>(work);
        if (closing) {
            return CompletableFuture.failedStage(stopping());
        }
        if (!queue.offer(pending)) {
            return CompletableFuture.failedStage(new StoreUnavailable("Too many writes wait; try again.", RETRY_AFTER));
        }
        // The lane may have closed since it was asked; what it left in the queue then, nobody would take out again.
        if (closing && queue.remove(pending)) {
            return CompletableFuture.failedStage(stopping());
        }
        return pending.promise;
    }

    /** Takes what was deleted out of the files, between two transactions; never fails. */
    CompletionStage<@Nullable Void> clean() {
        var done = new CompletableFuture<@Nullable Void>();
        cleaned.add(done);
        return write(tx -> true)
                .handle((woken, failure) -> {
                    if (failure != null) {
                        done.complete(null); // no time for it now
                    }
                    return done;
                })
                .thenCompose(stage -> stage);
    }

    /**
     * Moves what the log holds into the database, because one of the two is gone from its place: committed data is not to end with
     * this process, and a log that stayed would be taken for that of another file.
     */
    void settle() {
        settling = true;
        write(tx -> true); // wakes the thread
    }

    /** How much work waits. */
    int depth() {
        return queue.size();
    }

    /** Takes no more work, finishes what waits, and closes the connection. */
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // What slipped in between the last look and the end of the thread must not wait for ever.
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
                batch.add(queue.take());
            } catch (InterruptedException e) {
                continue; // close() wakes the thread: go round once more to see what still waits
            }
            queue.drainTo(batch, batchMax - 1);
            commit(batch);
            batch.clear();
            if (settling) {
                settling = false;
                emptyLog();
            }
            cleanUp();
        }
        emptyLog();
        abandonConnection();
    }

    private void cleanUp() {
        if (cleaned.isEmpty()) {
            return;
        }
        try {
            presence.refuseLost();
            cleaning.run(connection());
        } catch (StoreUnavailable e) {
            LOG.debug("The files are gone, and with them what was deleted", e);
        } catch (SQLException e) {
            LOG.warnf("What was deleted is not yet out of the files: %s", e.getMessage());
            abandonConnection();
        }
        for (var done = cleaned.poll(); done != null; done = cleaned.poll()) {
            done.complete(null);
        }
    }

    /**
     * Moves what is in the write-ahead log into the file: who copies the file after a stop is to have everything. SQLite itself
     * does so only where a connection that can write is the last to close.
     */
    private void emptyLog() {
        if (statements == null && presence.isLost()) {
            return;
        }
        try {
            cleaning.emptyLog(connection());
        } catch (StoreUnavailable e) {
            LOG.debug("The write-ahead log was not emptied, for it is gone", e);
        } catch (SQLException e) {
            LOG.warnf("The write-ahead log was not emptied and stays beside the file: %s", e.getMessage());
        }
    }

    private void commit(List<Pending<?>> batch) {
        try {
            presence.require();
            String word = transaction(batch);
            for (Pending<?> pending : batch) {
                pending.tell(word, node);
            }
        } catch (StoreUnavailable e) {
            for (Pending<?> pending : batch) {
                pending.promise.completeExceptionally(e);
            }
        } catch (SQLException e) {
            RuntimeException told = told(e);
            abandonConnection();
            for (Pending<?> pending : batch) {
                pending.promise.completeExceptionally(told);
            }
        } catch (RuntimeException | Error e) {
            LOG.error("The writer met a fault", e);
            abandonConnection();
            for (Pending<?> pending : batch) {
                pending.promise.completeExceptionally(e);
            }
        }
    }

    private RuntimeException told(SQLException e) {
        try {
            presence.require();
            return outage.told(e);
        } catch (StoreUnavailable lost) {
            return lost;
        }
    }

    /** Runs the batch in one transaction, again without those that failed half done; returns the commit's bookmark. */
    private String transaction(List<Pending<?>> batch) throws SQLException {
        Statements tx = connection();
        while (true) {
            capacity.emptyLog(tx);
            long began = System.nanoTime();
            tx.call(BEGIN).run();
            capacity.allot(tx);
            long rowsBefore = tx.rowsChanged();
            if (!allWhole(tx, batch)) {
                tx.call(ROLLBACK).run();
                continue;
            }
            boolean changed = tx.rowsChanged() > rowsBefore;
            if (changed) {
                history.announce(history.advance(tx));
            }
            tx.call(COMMIT).run();
            presence.require();
            meters.committed(batch.size(), System.nanoTime() - began);
            if (changed) {
                outage.over();
            }
            return history.word();
        }
    }

    private boolean allWhole(Statements tx, List<Pending<?>> batch) throws SQLException {
        for (Pending<?> pending : batch) {
            long rowsBefore = tx.rowsChanged();
            pending.attempt(tx, outage);
            if (pending.failure != null && !pending.setAside && tx.rowsChanged() > rowsBefore) {
                pending.setAside = true;
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

    /** After a failure of the engine nothing is known of the connection's state; the next batch opens another. */
    private void abandonConnection() {
        if (statements == null) {
            return;
        }
        try {
            statements.close();
        } catch (SQLException e) {
            LOG.warnf("The writer's connection did not close: %s", e.getMessage());
        }
        statements = null;
    }

    private static final class Pending<T> {
        private final Work<T> work;
        private final CompletableFuture<Served<T>> promise = new CompletableFuture<>();
        private @Nullable T result;
        private @Nullable Throwable failure;
        private boolean setAside;

        Pending(Work<T> work) {
            this.work = work;
        }

        /** Runs the work unless it was set aside; throws only what is the engine's failure. */
        void attempt(Statements tx, Outage outage) throws SQLException {
            if (setAside) {
                return;
            }
            result = null;
            failure = null;
            try {
                result = work.on(tx);
            } catch (SignalingException e) {
                failure = e;
            } catch (SQLException e) {
                if (!SqliteFailure.isStatementsOwn(e)) {
                    throw e;
                }
                failure = outage.told(e);
            } catch (RuntimeException e) {
                failure = e;
            }
        }

        @SuppressWarnings("NullAway") // work that did not fail has a result
        void tell(String bookmark, Node node) {
            if (failure != null) {
                promise.completeExceptionally(failure);
            } else {
                promise.complete(new Served<>(result, bookmark, node, false));
            }
        }
    }
}
