package dev.parley.store;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The seam to an engine: all that PostgreSQL and SQLite do differently, and nothing else.
 *
 * <p>A stage fails with {@link dev.parley.session.SignalingException}: the work's own refusal, {@code StoreUnavailable} where the
 * engine cannot take the work now, {@code StoreFull} where it has no room. Any other failure is a fault of ours.
 */
public interface Database extends AutoCloseable {
    /**
     * Runs {@code work} in one transaction on the writer and completes after COMMIT is durable. If the stage fails, nothing of
     * the work remains; only where the writer was lost in COMMIT, which is a {@code StoreUnavailable}, nobody can tell.
     */
    <T> CompletionStage<Served<T>> write(Work<T> work);

    /**
     * Runs {@code work}, one indexed query, on one snapshot of a node that is as new as {@code from} asks. It may run on the
     * calling thread: keep it short.
     */
    <T> CompletionStage<Served<T>> read(ReadFrom from, Work<T> work);

    /** As {@link #read}, on a thread that may take its time, for queries over many rows. */
    <T> CompletionStage<Served<T>> scan(ReadFrom from, Work<T> work);

    /**
     * Reserves space for a new session of {@code bytes} in the write under way, which must be the caller.
     *
     * @return false where the engine keeps what space is left for the sessions that it has
     */
    boolean takeRoom(long bytes);

    /**
     * Where the promise of a caller stands who was refused, or served by no read: at least as new as whatever was read or
     * written through this database, and as {@code from} where that is a bookmark of this history. Asks no node.
     */
    ReplyPosition standpoint(ReadFrom from);

    /** Each node as it was last seen, the primary first. Asks no node. */
    List<NodeState> nodes();

    /** Finishes the writes that were taken, then lets go of every connection. */
    @Override
    void close();
}
