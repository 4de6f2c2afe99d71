package dev.parley.store.admin;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.sql.Schema;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Administration of a store, beside its service or without one. Each call opens the connections that it needs and closes them; none
 * is opened before.
 *
 * <p>Every call throws {@link AdminRefused} if the operation is impossible, and {@link InvalidConfiguration} if the store cannot be
 * used by this Parley.
 */
public interface StoreAdmin {
    /**
     * The contents of a store or a backup, including expired sessions.
     *
     * @param bytes size of the file
     */
    record Contents(long sessions, long events, long bytes) {}

    /**
     * The result of a restore.
     *
     * @param contents what the store contains now
     * @param damaged number of its sessions that cannot be read
     */
    record Restored(Contents contents, long damaged) {}

    /** Throws if there is no store, so that a mistyped URL is reported and does not create one. */
    void refuseMissing();

    /** Creates a store if there is none; an older one is not migrated. */
    default void createMissing() {
        try {
            refuseMissing();
        } catch (InvalidConfiguration e) {
            migrate(); // which rejects it if it cannot be used for another reason
        }
    }

    /** Migrates the schema to the current version; creates the store if there is none. */
    Schema.Migrated migrate();

    /** Size of the store on disk. */
    long bytes();

    /**
     * Executes one query, which cannot change anything.
     *
     * @param timeMax maximum duration
     * @throws AdminRefused if the engine rejects the query, or it exceeds the time; {@code sink} may have received rows
     */
    void query(ReadOnlyQuery query, Duration timeMax, ReadOnlyQuery.RowSink sink);

    /**
     * Writes one committed state to {@code file}, which either contains all of it afterwards, durable and checked, or is unchanged.
     *
     * @return the contents of the backup
     */
    Contents backup(Path file);

    /**
     * Replaces the store by the backup {@code file}, wholly or not at all, and gives it a new history: earlier bookmarks belong to
     * another one. Every row is read before the store is replaced.
     *
     * @param force whether damaged rows are accepted; keys that do not decrypt the backup never are
     */
    Restored restore(Path file, boolean force);

    /** Checks the store. Changes nothing and does not throw: failures are findings. */
    List<Finding> examine();
}
