package dev.parley.store.sqlite;

import dev.parley.session.SignalingException.StoreFull;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.sql.RowDamaged;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;

/**
 * What an SQLite error means for a caller. Decided by the primary result code (the low byte of the code), never by the text.
 */
final class SqliteFailure {
    private static final int BUSY = 5;
    private static final int LOCKED = 6;
    private static final int FULL = 13;

    /** A fault of the statement, not of the file: CONSTRAINT, MISMATCH, TOOBIG, RANGE, and ERROR for wrong SQL. */
    private static final Set<Integer> STATEMENTS_OWN = Set.of(1, 18, 19, 20, 25);

    private SqliteFailure() {}

    /** Whether only the work that met the error is at fault, so that others in the same transaction can go on. */
    static boolean isStatementsOwn(SQLException e) {
        return e instanceof RowDamaged || STATEMENTS_OWN.contains(e.getErrorCode() & 0xff);
    }

    /** Whether another connection is in the way. */
    static boolean isLocked(SQLException e) {
        int code = e.getErrorCode() & 0xff;
        return code == BUSY || code == LOCKED;
    }

    /** Whether the file itself fails, or its disk. */
    static boolean isTheFiles(SQLException e) {
        return !isStatementsOwn(e) && !isLocked(e);
    }

    /** The failure that the caller is told. */
    static RuntimeException told(SQLException e) {
        return switch (e.getErrorCode() & 0xff) {
            case BUSY, LOCKED ->
                new StoreUnavailable("The store is locked by another process; try again.", Duration.ofSeconds(1));
            case FULL -> new StoreFull();
            default ->
                isStatementsOwn(e) && !(e instanceof RowDamaged)
                        ? new IllegalStateException(e)
                        : new StoreUnavailable(
                                "The store cannot be used at the moment; try again.", Duration.ofSeconds(5));
        };
    }
}
