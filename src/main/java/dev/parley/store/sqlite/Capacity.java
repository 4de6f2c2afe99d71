package dev.parley.store.sqlite;

import dev.parley.store.Sql;
import dev.parley.store.Statements;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.sql.SQLException;
import org.jboss.logging.Logger;

/**
 * How much more the store may hold. New sessions are refused while some room is left, so that what lives goes on: answers and
 * candidates need room, and so does the log of the deletes by which the store makes room again.
 */
public final class Capacity {
    private static final Logger LOG = Logger.getLogger(Capacity.class);

    /** One part in so many of the size, and of the disk, is kept for sessions that live, and for deletes. */
    private static final int KEPT = 16;

    /** What is kept of a large disk. */
    private static final long DISK_KEPT_MAX = 64 << 20;

    /** With less than the one it is told that sessions are refused, with more than the other that they no longer are. */
    private static final long SCARCE = 256 << 10;

    private static final long AMPLE = 1 << 20;

    /** With more than this left, it is looked at again only after so many transactions: they do not take it. */
    private static final long PLENTY = 1L << 30;

    private static final int LOOK_EVERY = 32;

    private static final Sql PAGES = new Sql("pages", "PRAGMA page_count");
    private static final Sql PAGES_FREE = new Sql("pages-free", "PRAGMA freelist_count");
    private static final Sql PAGE_SIZE = new Sql("page-size", "PRAGMA page_size");

    private final FileStore disk;
    private final SqliteFile file;
    private final long bytesMax;
    private boolean scarce;
    private long left;
    private long allotted = Long.MAX_VALUE;
    private int looks;

    /** @param bytesMax how large the file may become, its log aside; {@link Long#MAX_VALUE} for as large as the disk allows */
    public Capacity(SqliteFile file, long bytesMax) throws IOException {
        this.disk = Files.getFileStore(file.path());
        this.file = file;
        this.bytesMax = bytesMax;
    }

    /** Where room is scarce, moves the log into the file, so that the log begins again and does not grow; before a transaction. */
    void emptyLog(Statements writer) throws SQLException {
        if (scarce) {
            writer.call(WriterLane.CHECKPOINT).first(row -> row.getInt(1));
        }
    }

    /** Sets, at the start of a transaction, how much room new sessions may take in it. */
    void allot(Statements writer) throws SQLException {
        if (left > PLENTY && ++looks % LOOK_EVERY != 0) {
            return; // what this transaction takes is far below what is left
        }
        // What the log holds will have to be moved into the file; where it was moved just now, it holds nothing.
        left = leftForNew(writer, scarce ? 0 : file.bytesBeside("-wal"));
        allotted = left;
        if (scarce ? left > AMPLE : left < SCARCE) {
            scarce = !scarce;
            tell(left);
        }
    }

    /** Takes room for a new session in the transaction under way, or returns false where there is none; the writer's thread. */
    boolean take(long bytes) {
        if (bytes > allotted) {
            return false;
        }
        allotted -= bytes;
        return true;
    }

    private void tell(long left) {
        if (scarce) {
            LOG.warnf(
                    "%d kB are left for new sessions; larger ones are rejected. Check parley.store.size-max and the disk",
                    Math.max(0, left) / 1_000);
        } else {
            LOG.info("There is room for new sessions again");
        }
    }

    /**
     * How many bytes new sessions may take; negative where there is no room for any. Pages of what was deleted are used again
     * before the file grows, so they are room within the size, and on the disk too.
     *
     * @param bytesToCome what is to be moved into the file
     */
    public long leftForNew(Statements statements, long bytesToCome) throws SQLException {
        long pageSize = number(statements, PAGE_SIZE);
        long free = number(statements, PAGES_FREE) * pageSize;
        long used = number(statements, PAGES) * pageSize - free;
        return Math.min(bytesMax - bytesMax / KEPT - used, diskLeft() + free - bytesToCome);
    }

    private long diskLeft() {
        try {
            return disk.getUsableSpace() - Math.min(DISK_KEPT_MAX, disk.getTotalSpace() / KEPT);
        } catch (IOException e) {
            return Long.MAX_VALUE / 2; // a disk that cannot be asked is not therefore full
        }
    }

    private static long number(Statements statements, Sql pragma) throws SQLException {
        Long number = statements.call(pragma).first(row -> row.getLong(1));
        return number == null ? 0 : number;
    }
}
