package dev.parley.store.sqlite;

import dev.parley.session.SignalingException.StoreFull;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.sql.RowDamaged;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Translates SQLite's errors for callers, by the primary result code (the low byte), never by the text. Failures of the file or its
 * disk are logged once when they begin and once when they end, because a full disk causes many.
 */
final class Outage {
    private static final Logger LOG = Logger.getLogger(Outage.class);
    private static final int BUSY = 5;
    private static final int LOCKED = 6;
    private static final int FULL = 13;

    /** Errors of the statement, not of the file: ERROR (wrong SQL), TOOBIG, CONSTRAINT, MISMATCH, RANGE. */
    private static final Set<Integer> OF_STATEMENT = Set.of(1, 18, 19, 20, 25);

    private static final int NONE = -1;

    private final String what;
    private int code = NONE;
    private volatile long failures;

    /** @param what the operations that fail, such as {@code Writes} */
    Outage(String what) {
        this.what = what;
    }

    /** Whether only the work that received the error failed, so that other work of the same transaction can be committed. */
    static boolean isOfStatement(SQLException e) {
        return e instanceof RowDamaged || OF_STATEMENT.contains(e.getErrorCode() & 0xff);
    }

    /** Whether another connection holds a lock. */
    static boolean isLocked(SQLException e) {
        int primary = e.getErrorCode() & 0xff;
        return primary == BUSY || primary == LOCKED;
    }

    /** Counts the failure, and returns the exception for the caller. */
    RuntimeException failure(SQLException e) {
        if (e instanceof RowDamaged) {
            LOG.error(e.getMessage());
        } else if (isOfStatement(e)) {
            return new IllegalStateException(e);
        } else if (isLocked(e)) {
            return new StoreUnavailable("The store is locked by another process; try again.", Duration.ofSeconds(1));
        } else {
            count(e);
        }
        return (e.getErrorCode() & 0xff) == FULL
                ? new StoreFull()
                : new StoreUnavailable("The store is unavailable at the moment; try again.", Duration.ofSeconds(5));
    }

    private synchronized void count(SQLException e) {
        if (code != e.getErrorCode()) {
            code = e.getErrorCode();
            LOG.errorf("%s fail: %s", what, e.getMessage());
        }
        failures++;
    }

    /** An operation succeeded. */
    void end() {
        if (failures == 0) {
            return;
        }
        synchronized (this) {
            LOG.infof("%s succeed again after %d failures", what, failures);
            failures = 0;
            code = NONE;
        }
    }
}
