package dev.parley.store.sqlite;

import dev.parley.config.InvalidConfiguration;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.Database;
import dev.parley.store.Node;
import dev.parley.store.NodeState;
import dev.parley.store.ReadFrom;
import dev.parley.store.ReplyPosition;
import dev.parley.store.Served;
import dev.parley.store.SlowLog;
import dev.parley.store.Statements;
import dev.parley.store.StoreThreads;
import dev.parley.store.Work;
import dev.parley.store.crypto.PayloadEncryption;
import dev.parley.store.sql.Schema;
import dev.parley.store.sql.SessionRepository;
import dev.parley.store.sqlite.StoreLock.Claim;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Function;
import org.flywaydb.core.Flyway;
import org.hibernate.JDBCException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The embedded engine: one node, which is the primary. Every commit is fsynced before its caller hears of it.
 *
 * <p>Writes go through the {@link WriterLane}. A read runs where it was called, on a connection that keeps its statements: one
 * indexed query of an embedded file costs less than handing it to another thread. Queries over many rows have threads of their
 * own.
 */
public final class SqliteDatabase implements Database {
    private static final Logger LOG = Logger.getLogger(SqliteDatabase.class);

    private static final Duration CLOSE_MAX = Duration.ofSeconds(5);

    /**
     * @param serving whether this is the file's one server, or a command beside it
     * @param busyTimeout how long a write waits for a lock that another process holds
     * @param bytesMax how large the file may become
     * @param queueMax how much work may wait for the writer
     * @param batchMax how much work one transaction takes
     * @param scanThreads threads for queries over many rows
     * @param scanQueueMax how many such queries may wait
     * @param slow is told of every statement
     */
    public record Settings(
            Path path,
            boolean serving,
            Duration busyTimeout,
            long bytesMax,
            int queueMax,
            int batchMax,
            int scanThreads,
            int scanQueueMax,
            SlowLog slow,
            Node node) {}

    private final SqliteFile file;
    private final StoreLock lock;
    private final PayloadEncryption secrecy;
    private final SessionRepository<?> repository;
    private final StoreThreads scans;
    private final SlowLog slow;
    private final Node node;
    private final SqliteHistory history;
    private final Capacity capacity;
    private final FilePresence presence;
    private final WriterLane lane;
    private final Outage outage = new Outage("Reads");

    /** Connections at rest. There are as many in all as threads that ever read at once: event loops and scan threads. */
    private final ConcurrentLinkedDeque<Statements> readers = new ConcurrentLinkedDeque<>();

    /**
     * Opens the store and starts its writer; a server migrates it first.
     *
     * @param repository discovery in SQLite's persistence unit
     * @param secrecy held against the keys that the store notes
     * @throws InvalidConfiguration if the file is no store of this or an older version, cannot be set as durability needs, or the keys
     *     are not its
     */
    public SqliteDatabase(
            Settings settings,
            Flyway flyway,
            SessionRepository<?> repository,
            PayloadEncryption secrecy,
            SecureRandom random,
            MeterRegistry registry) {
        var meters = new SqliteMeters(registry);
        this.secrecy = secrecy;
        this.repository = repository;
        this.slow = settings.slow();
        this.node = settings.node();
        this.file = SqliteFile.configured(settings.path(), settings.busyTimeout());
        file.inspect();
        this.lock = file.claim(settings.serving() ? Claim.SERVE : Claim.USE);
        try {
            new Schema(flyway).open(settings.serving());
            Statements writer = openWriter(settings);
            if (settings.serving()) {
                file.keep(lock);
            }
            this.history = SqliteHistory.of(writer, random);
            var cleaning = new SecureDelete(file, settings.serving());
            admit(writer, cleaning);
            this.presence = new FilePresence(file); // the writer's first transaction has opened the log
            this.capacity = new Capacity(file, settings.bytesMax());
            this.lane = new WriterLane(
                    () -> present(openWriter(settings)),
                    writer,
                    presence,
                    capacity,
                    cleaning,
                    history,
                    node,
                    meters,
                    settings.queueMax(),
                    settings.batchMax());
        } catch (Schema.Unusable e) {
            release();
            throw file.refused(e.why());
        } catch (InvalidConfiguration e) {
            release();
            throw e;
        } catch (SQLException e) {
            release();
            throw file.refused(e);
        } catch (IOException e) {
            release();
            throw file.unreachable(e);
        }
        this.scans = new StoreThreads("scan", settings.scanThreads(), settings.scanQueueMax(), CLOSE_MAX);
        presence.watch(lane::settle);
        meters.watch(lane, scans, file, node, presence);
    }

    private Statements openWriter(Settings settings) throws SQLException {
        Statements writer = new Statements(file.openWriter(settings.bytesMax()))
                .telling(slow)
                .sealing(secrecy);
        if (secrecy.isSealing()) {
            SecureDelete.overwriteDeleted(writer);
        }
        return writer;
    }

    /** A connection that was opened just now, unless its file is another one than the others have open. */
    private Statements present(Statements opened) throws SQLException {
        try {
            presence.require();
            return opened;
        } catch (StoreUnavailable e) {
            opened.close();
            throw e;
        }
    }

    private void admit(Statements writer, SecureDelete cleaning) throws SQLException {
        writer.call(WriterLane.BEGIN).run();
        try {
            boolean first = secrecy.admit(writer);
            writer.call(WriterLane.COMMIT).run();
            if (secrecy.isSealing()) {
                SecureDelete.overwriteDeleted(writer);
            }
            if (first) {
                cleaning.writeAnew(writer);
            }
        } catch (SQLException | InvalidConfiguration e) {
            writer.close();
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
    public <T> CompletionStage<Served<T>> browse(ReadFrom from, Function<SessionRepository<?>, T> query) {
        return scans.run(() -> {
            presence.refuseLost();
            boolean reset = isReset(from);
            long began = slow.began();
            try {
                T result = QuarkusTransaction.requiringNew().call(() -> query.apply(repository));
                return new Served<>(result, history.word(), node, reset);
            } catch (JDBCException e) {
                presence.require();
                throw outage.told(e.getSQLException());
            } finally {
                slow.ended(SlowLog.BROWSE, began);
            }
        });
    }

    @Override
    public boolean takeRoom(long bytes) {
        return capacity.take(bytes);
    }

    @Override
    public CompletionStage<@Nullable Void> clean() {
        return secrecy.isSealing() ? lane.clean() : CompletableFuture.completedStage(null);
    }

    @Override
    public ReplyPosition standpoint(ReadFrom from) {
        return new ReplyPosition(history.word(), node, isReset(from));
    }

    @Override
    public List<NodeState> nodes() {
        boolean serving = !presence.isLost();
        return List.of(new NodeState(
                node, serving, serving ? "up" : "its file is gone", history.position(), Duration.ZERO, 0));
    }

    private <T> Served<T> served(ReadFrom from, Work<T> work) {
        presence.refuseLost();
        boolean reset = isReset(from);
        try {
            Statements reader = readers.pollFirst();
            if (reader == null) {
                reader = present(new Statements(file.openReader()).telling(slow).sealing(secrecy));
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
            outage.over();
            return new Served<>(result, history.word(), node, reset);
        } catch (SQLException e) {
            presence.require();
            throw outage.told(e);
        }
    }

    /** There is one node and it has all that was ever committed, so a bookmark only matters where it is another history's. */
    private boolean isReset(ReadFrom from) {
        return from instanceof ReadFrom.AtLeast atLeast && !history.honours(atLeast.bookmark());
    }

    /** Finishes the writes that wait, then closes every connection. */
    @Override
    public void close() {
        presence.close();
        lane.close();
        scans.close();
        for (Statements reader = readers.poll(); reader != null; reader = readers.poll()) {
            try {
                reader.close();
            } catch (SQLException e) {
                LOG.warnf("A reader's connection did not close: %s", e.getMessage());
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
