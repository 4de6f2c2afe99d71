package dev.parley.store.admin;

import dev.parley.config.InvalidConfiguration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What an operator does to a store, beside its service or without one. Each call opens what it needs and lets go of it; nothing
 * is opened before.
 *
 * <p>Every call throws {@link AdminRefused} where it cannot do what is asked, and {@link InvalidConfiguration} where the store is none
 * that this Parley can use.
 */
public interface StoreAdmin {
    /** A change of the schema. */
    record Migration(String version, String description) {}

    /**
     * What a migration has done.
     *
     * @param applied in their order; empty where the schema was up to date
     * @param version of the schema now
     */
    record Migrated(List<Migration> applied, String version) {}

    /**
     * What a restore has done.
     *
     * @param contents what the store holds now
     * @param damaged how many of its sessions cannot be read
     */
    record Restored(StoreContents contents, long damaged) {}

    /** Refuses where there is no store; who mistypes its place is to be told, and not to be given a new one. */
    void refuseMissing();

    /** Makes a store where there is none; an older one is not migrated. */
    default void makeMissing() {
        try {
            refuseMissing();
        } catch (InvalidConfiguration e) {
            migrate(); // which refuses what is no store for another reason
        }
    }

    /** Brings the schema up to date; makes the store where there is none. */
    Migrated migrate();

    /** How much room the store takes on its disk. */
    long bytes();

    /**
     * Asks one question, which changes nothing.
     *
     * @param timeMax how long the answer may take
     * @throws AdminRefused if the engine does not take the question, or the time is up; {@code answer} may have heard some rows
     */
    void ask(ReadOnlyQuery question, Duration timeMax, RowSink answer);

    /**
     * Saves one committed state to {@code file}, which either comes to hold all of it, durably and checked, or stays as it is.
     *
     * @return what was saved
     */
    StoreContents backup(Path file, Progress progress);

    /**
     * Puts what was saved to {@code file} in the place of the store, wholly or not at all, and begins a new history: bookmarks
     * that were given out before belong to another. Every row is read before the store is replaced.
     *
     * @param force whether damaged rows are accepted; keys that do not open the file never are
     */
    Restored restore(Path file, boolean force, Progress progress);

    /** Looks whether the store is well. Changes nothing and throws nothing: what is wrong is found. */
    List<Finding> examine();
}
