package dev.parley.store.sqlite;

import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.sql.SQLException;
import org.jboss.logging.Logger;

/**
 * How much space is left for new sessions. They are rejected while a reserve remains, because live sessions need space for answers
 * and candidates, and the deletes that free space need it for their log.
 */
public final class Capacity {
    private static final Logger LOG = Logger.getLogger(Capacity.class);

    /** The reserve is this fraction of the configured size and of the disk. */
    private static final int RESERVE = 16;

    private static final long DISK_RESERVE_MAX = 64 << 20;

    /** Below the first value a warning is logged, above the second its end. */
    private static final long SCARCE = 256 << 10;

    private static final long AMPLE = 1 << 20;

    /** While more than this is left, only every n-th transaction measures: those between cannot use it up. */
    private static final long PLENTY = 1L << 30;

    private static final int MEASURE_EVERY = 32;

    private static final Sql USED = new Sql("pages", """
            SELECT page_count * page_size, freelist_count * page_size
            FROM pragma_page_count, pragma_freelist_count, pragma_page_size""");

    private final SqliteFile file;
    private final FileStore disk;
    private final long bytesMax;
    private boolean scarce;
    private long measured;
    private long left = Long.MAX_VALUE;
    private int transactions;

    /** @param bytesMax maximum size of the file without its log; {@link Long#MAX_VALUE} for no limit but the disk */
    public Capacity(SqliteFile file, long bytesMax) throws IOException {
        this.file = file;
        this.disk = Files.getFileStore(file.path());
        this.bytesMax = bytesMax;
    }

    /** Measures before a transaction. Where space is scarce, also empties the log so that it starts over and does not grow. */
    void measure(Statements writer) throws SQLException {
        if (measured > PLENTY && ++transactions % MEASURE_EVERY != 0) {
            return;
        }
        if (scarce) {
            SqliteFile.checkpoint(writer);
        }
        measured = bytesLeft(writer, scarce ? 0 : file.bytesBeside("-wal"));
        left = measured;
        if (!scarce && left < SCARCE) {
            scarce = true;
            LOG.warnf(
                    "%d kB are left for new sessions; larger ones are rejected. Check parley.store.size-max and the disk",
                    Math.max(0, left) / 1_000);
        } else if (scarce && left > AMPLE) {
            scarce = false;
            LOG.info("There is room for new sessions again");
        }
    }

    /** Reserves space for a new session in the current transaction, or returns false; called by the writer's thread only. */
    boolean reserve(long bytes) {
        if (bytes > left) {
            return false;
        }
        left -= bytes;
        return true;
    }

    /**
     * Returns how many bytes new sessions may use; negative if the reserve is already in use. Free pages count as space in the file
     * and on the disk, because they are reused before the file grows.
     *
     * @param logBytes bytes of the log that will still be moved into the file
     */
    public long bytesLeft(Statements statements, long logBytes) throws SQLException {
        Long bytes = statements.call(USED).first(row -> {
            long free = row.getLong(2);
            long used = row.getLong(1) - free;
            return Math.min(bytesMax - bytesMax / RESERVE - used, diskLeft() + free - logBytes);
        });
        return bytes == null ? 0 : bytes;
    }

    private long diskLeft() {
        try {
            return disk.getUsableSpace() - Math.min(DISK_RESERVE_MAX, disk.getTotalSpace() / RESERVE);
        } catch (IOException e) {
            return Long.MAX_VALUE / 2; // a disk that does not report its space is not full for that reason
        }
    }
}
