package dev.parley.store.sqlite;

import dev.parley.store.Sql;
import dev.parley.store.Statements;
import java.sql.SQLException;
import org.jboss.logging.Logger;

/**
 * Takes what was deleted out of a sealed store's file and its log. Deleted content is overwritten with zeros where it stood, but
 * two things stay: older images of pages in the log, until that is truncated; and pieces in the unused middle of pages whose rows
 * SQLite has moved to a neighbour, about one for a thousand sessions, until the file is written anew (VACUUM).
 */
final class SecureDelete {
    private static final Logger LOG = Logger.getLogger(SecureDelete.class);

    /** What is written anew in passing: it takes less than a tenth of a second. */
    private static final long BYTES_ANEW_MAX = 16 << 20;

    /** The store is written into the log first, and a disk that is nearly full is no place for that. */
    private static final int DISK_PART = 8;

    /** How long to wait for readers of the log; those within the process take microseconds. */
    private static final Sql WAIT_BRIEFLY = new Sql("wait-briefly", "PRAGMA busy_timeout = 50");

    private static final Sql TRUNCATE = new Sql("truncate-log", "PRAGMA wal_checkpoint(TRUNCATE)");
    private static final Sql OVERWRITE = new Sql("overwrite-deleted", "PRAGMA secure_delete = ON");
    private static final Sql VACUUM = new Sql("vacuum", "VACUUM");
    private static final Sql BYTES = new Sql("bytes-in-use", """
            SELECT (page_count - freelist_count) * page_size
            FROM pragma_page_count, pragma_freelist_count, pragma_page_size""");

    private final SqliteFile file;
    private final boolean serving;
    private final Sql waitAsBefore;
    private long rowsSeen;
    private boolean piecesLeft = true;

    /**
     * @param serving whether this process goes on, and can choose a moment when nobody writes; one that ends cleans up after
     *     itself at once
     */
    SecureDelete(SqliteFile file, boolean serving) {
        this.file = file;
        this.serving = serving;
        this.waitAsBefore = new Sql("wait-as-before", "PRAGMA busy_timeout = " + file.busyMillis());
    }

    /** From now on {@code writer} overwrites what it deletes. */
    static void overwriteDeleted(Statements writer) throws SQLException {
        if (!Boolean.TRUE.equals(writer.call(OVERWRITE).first(row -> row.getInt(1) == 1))) {
            throw new SQLException("SQLite does not overwrite what is deleted");
        }
    }

    /** Writes the whole file anew, for what was deleted before anything was overwritten. */
    void writeAnew(Statements writer) {
        try {
            writer.call(VACUUM).run();
            truncateLog(writer);
        } catch (SQLException e) {
            LOG.warnf("What was deleted before the store was sealed may still be in its file: %s", e.getMessage());
        }
    }

    /** Does what can be done at this moment; outside a transaction. */
    void run(Statements writer) throws SQLException {
        boolean quiet = writer.rowsChanged() == rowsSeen;
        rowsSeen = writer.rowsChanged();
        piecesLeft |= !quiet;
        if (piecesLeft && quiet == serving && isWrittenInPassing(bytesInUse(writer))) {
            piecesLeft = false;
            writer.call(VACUUM).run();
        }
        truncateLog(writer);
    }

    /** Empties the log, unless somebody reads from it, who would hold up the writer; then the next time will do. */
    void truncateLog(Statements writer) throws SQLException {
        if (file.bytesBeside("-wal") > 0) {
            emptyLog(writer);
        }
    }

    /** As {@link #truncateLog}, wherever the log that is open may be. */
    void emptyLog(Statements writer) throws SQLException {
        if (!moved(writer)) {
            return;
        }
        writer.call(WAIT_BRIEFLY).first(row -> true);
        try {
            writer.call(TRUNCATE).first(row -> true);
        } finally {
            writer.call(waitAsBefore).first(row -> true);
        }
    }

    /** Moves what the log holds into the file; returns whether that was all of it. */
    private static boolean moved(Statements writer) throws SQLException {
        return Boolean.TRUE.equals(
                writer.call(WriterLane.CHECKPOINT).first(row -> row.getInt(1) == 0 && row.getInt(2) == row.getInt(3)));
    }

    private boolean isWrittenInPassing(long bytes) {
        return bytes <= BYTES_ANEW_MAX && bytes < file.path().toFile().getUsableSpace() / DISK_PART;
    }

    private static long bytesInUse(Statements writer) throws SQLException {
        Long bytes = writer.call(BYTES).first(row -> row.getLong(1));
        return bytes == null ? Long.MAX_VALUE : bytes;
    }
}
