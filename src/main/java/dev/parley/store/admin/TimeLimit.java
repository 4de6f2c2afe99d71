package dev.parley.store.admin;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteErrorCode;

/** Interrupts statements of an SQLite connection. The driver's own query timeout is SQLite's busy timeout, which limits waiting only. */
final class TimeLimit extends ProgressHandler {
    /** Instructions of SQLite's virtual machine between two checks of the time: a fraction of a millisecond. */
    private static final int STEPS = 10_000;

    private final long end;

    private TimeLimit(Duration timeMax) {
        this.end = System.nanoTime() + timeMax.toNanos();
    }

    /** Interrupts everything that {@code connection} executes after {@code timeMax} from now. */
    static void set(Connection connection, Duration timeMax) throws SQLException {
        setHandler(connection, STEPS, new TimeLimit(timeMax));
    }

    /** Whether a limit interrupted the statement. */
    static boolean isExceeded(SQLException e) {
        return e.getErrorCode() == SQLiteErrorCode.SQLITE_INTERRUPT.code;
    }

    @Override
    protected int progress() {
        return System.nanoTime() - end < 0 ? 0 : 1;
    }
}
