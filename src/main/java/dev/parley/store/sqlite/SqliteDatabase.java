package dev.parley.store.sqlite;

import dev.parley.config.InvalidConfiguration;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.Database;
import dev.parley.store.Database.Work;
import dev.parley.store.Node;
import dev.parley.store.Node.NodeState;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.store.Served.ReplyPosition;
import dev.parley.store.SlowLog;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import dev.parley.store.StoreThreads;
import dev.parley.store.sql.Schema;
import dev.parley.store.sqlite.StoreLock.Claim;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.flywaydb.core.Flyway;
import org.jboss.logging.Logger;

/**
 * The embedded engine: one node, which is the primary. Every commit is fsynced before its caller receives a reply.
 *
 * <p>Writes go through the {@link WriterLane}. A read runs on the calling thread, on a pooled connection with prepared statements:
 * one indexed query of an embedded file costs less than passing it to another thread. Queries over many rows have their own threads.
 */
public final class SqliteDatabase implements Database {
    private static final Logger LOG = Logger.getLogger(SqliteDatabase.class);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(5);

    /** Threads for queries over many rows, and the maximum that wait for one. */
    private static final int SCAN_THREADS = 2;

    private static final int SCAN_QUEUE_MAX = 256;

    /** Overwrites deleted content with zeros. */
    private static final Sql SECURE_DELETE = new Sql("secure-delete", "PRAGMA secure_delete = ON");

    private static final Sql ANY_KEY = new Sql("any-key", "SELECT 1 FROM encryption_keys LIMIT 1");

    /**
     * @param serving whether this process is the server of the file, or a command beside it
     * @param busyTimeout how long a write waits for a lock of another process
     * @param bytesMax maximum size of the file
     * @param queueMax maximum work that waits for the writer
     * @param batchMax maximum work in one transaction
     * @param slow receives the duration of every statement
     */
    public record Settings(
            Path path,
            boolean serving,
            Duration busyTimeout,
            long bytesMax,
            int queueMax,
            int batchMax,
            SlowLog slow,
            Node node) {}

    private final SqliteFile file;
    private final StoreLock lock;
    private final boolean encrypted;
    private final StoreThreads scans;
    private final SlowLog slow;
    private final Node node;
    private final SqliteHistory history;
    private final Capacity capacity;
    private final FilePresence presence;
    private final WriterLane lane;
    private final Outage outage = new Outage("Reads");

    /** Idle connections; in all, at most as many as threads that read at once: event loops and scan threads. */
    private final ConcurrentLinkedDeque<Statements> readers = new ConcurrentLinkedDeque<>();

    /**
     * Opens the store and starts its writer; a server migrates it first.
     *
     * @param encrypts whether the store has encryption keys, or gets its first ones now
     * @throws InvalidConfiguration if the file is not a store of this or an older version, or cannot be configured for durability
     */
    public SqliteDatabase(
            Settings settings, Flyway flyway, boolean encrypts, SecureRandom random, MeterRegistry registry) {
        var meters = new SqliteMeters(registry);
        this.slow = settings.slow();
        this.node = settings.node();
        this.file = SqliteFile.configured(settings.path(), settings.busyTimeout());
        file.inspect();
        this.lock = file.claim(settings.serving() ? Claim.SERVE : Claim.USE);
        try {
            new Schema(flyway).open(settings.serving());
            Statements writer = openWriter(settings);
            if (settings.serving()) {
                file.lockWhileOpen(lock);
            }
            this.history = SqliteHistory.of(writer, random);
            this.encrypted = encrypts || isEncrypted(writer);
            overwriteDeleted(writer);
            this.presence = new FilePresence(
                    file, InstantSource.system()); // the writer's first statements have created the log
            this.capacity = new Capacity(file, settings.bytesMax());
            this.lane = new WriterLane(
                    () -> requirePresent(overwriteDeleted(openWriter(settings))),
                    writer,
                    encrypted,
                    presence,
                    capacity,
                    file,
                    history,
                    node,
                    meters,
                    settings.queueMax(),
                    settings.batchMax());
        } catch (Schema.Unusable | InvalidConfiguration | SQLException | IOException e) {
            release();
            throw file.failure(e);
        }
        this.scans = new StoreThreads("scan", SCAN_THREADS, SCAN_QUEUE_MAX, CLOSE_MAX);
        meters.queue("write", lane::depth);
        meters.queue("scan", scans::waiting);
        meters.files(file, presence, node);
    }

    private Statements openWriter(Settings settings) throws SQLException {
        return new Statements(file.openWriter(settings.bytesMax())).loggedTo(slow);
    }

    private Statements overwriteDeleted(Statements writer) throws SQLException {
        if (encrypted) {
            writer.call(SECURE_DELETE).first(row -> true);
        }
        return writer;
    }

    /** Deleted content is overwritten from the first key on, also by a command without keys. */
    private static boolean isEncrypted(Statements writer) throws SQLException {
        return writer.call(ANY_KEY).first(row -> true) != null;
    }

    /** Closes a new connection, and throws, if it has opened another file than the connections before it. */
    private Statements requirePresent(Statements opened) throws SQLException {
        try {
            presence.require();
            return opened;
        } catch (StoreUnavailable e) {
            opened.close();
            throw e;
        }
    }

    @Override
    public <T> CompletionStage<Served<T>> write(Work<T> work) {
        return lane.write(work);
    }

    @Override
    public <T> CompletionStage<Served<T>> read(ReadFrom from, Work<T> work) {
        try {
            return CompletableFuture.completedFuture(served(from, work));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public <T> CompletionStage<Served<T>> scan(ReadFrom from, Work<T> work) {
        return scans.run(() -> served(from, work));
    }

    @Override
    public boolean takeRoom(long bytes) {
        return capacity.reserve(bytes);
    }

    @Override
    public ReplyPosition position(ReadFrom from) {
        return new ReplyPosition(history.word(), node, isReset(from));
    }

    @Override
    public List<NodeState> nodes() {
        boolean serving = !presence.isLost();
        return List.of(new NodeState(
                node, serving, serving ? "up" : "its file is missing", history.position(), Duration.ZERO, 0));
    }

    private <T> Served<T> served(ReadFrom from, Work<T> work) {
        presence.requireLast();
        boolean reset = isReset(from);
        try {
            Statements reader = readers.pollFirst();
            if (reader == null) {
                reader = requirePresent(new Statements(file.openReader()).loggedTo(slow));
            }
            T result;
            try {
                result = work.on(reader);
            } catch (SQLException e) {
                reader.close();
                throw e;
            } catch (RuntimeException e) {
                readers.addFirst(reader);
                throw e;
            }
            readers.addFirst(reader);
            outage.end();
            return new Served<>(result, history.word(), node, reset);
        } catch (SQLException e) {
            presence.require();
            throw outage.failure(e);
        }
    }

    /** The only node has every commit, so a bookmark matters only if it is of another history. */
    private boolean isReset(ReadFrom from) {
        return from instanceof ReadFrom.AtLeast atLeast && !history.honours(atLeast.bookmark());
    }

    /** Finishes queued writes, then closes every connection. */
    @Override
    public void close() {
        lane.close();
        scans.close();
        for (Statements reader = readers.poll(); reader != null; reader = readers.poll()) {
            try {
                reader.close();
            } catch (SQLException e) {
                LOG.warnf("A reader's connection was not closed: %s", e.getMessage());
            }
        }
        release();
    }

    private void release() {
        try {
            lock.close();
        } catch (IOException e) {
            LOG.warnf("The store's lock was not released: %s", e.getMessage());
        }
    }
}
