package dev.parley.store;

import dev.parley.store.Node.NodeState;
import dev.parley.store.Served.ReplyPosition;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The interface of an engine: everything that PostgreSQL and SQLite do differently.
 *
 * <p>A stage fails with {@link dev.parley.session.SignalingException}: the refusal of the work, {@code StoreUnavailable} where the engine
 * cannot run it now, {@code StoreFull} where there is no space. Any other failure is a bug.
 */
public interface Database extends AutoCloseable {
    /**
     * Runs {@code work} in one transaction on the primary and completes after a durable COMMIT. If the stage fails, the work has changed
     * nothing; only where the connection was lost during COMMIT, which is a {@code StoreUnavailable}, that is unknown.
     */
    <T> CompletionStage<Served<T>> write(Work<T> work);

    /**
     * Runs {@code work}, one indexed query, on one snapshot of a node that is as new as {@code from} requires. It may run on the calling
     * thread, so it must be short.
     */
    <T> CompletionStage<Served<T>> read(ReadFrom from, Work<T> work);

    /** As {@link #read}, for one query over many rows, on a thread for long queries. */
    <T> CompletionStage<Served<T>> scan(ReadFrom from, Work<T> work);

    /**
     * Reserves space for a new session of {@code bytes}; called by the work of a write.
     *
     * @return false where the engine keeps the remaining space for existing sessions
     */
    boolean takeRoom(long bytes);

    /**
     * The position for a reply without a read: at least as new as everything that was read or written through this database, and as
     * {@code from} where that is a bookmark of this history. Queries no node.
     */
    ReplyPosition position(ReadFrom from);

    /** The last known state of each node, the primary first. Queries no node. */
    List<NodeState> nodes();

    /** Finishes the accepted writes, then closes every connection. */
    @Override
    void close();

    /**
     * Work on one connection, done entirely or not at all. It may run more than once before it takes effect, because a batch that was rolled
     * back runs again; so it has no effects besides its statements.
     */
    @FunctionalInterface
    interface Work<T> {
        /** @throws dev.parley.session.SignalingException to refuse; then nothing that it changed remains */
        T on(Statements statements) throws SQLException;
    }
}
