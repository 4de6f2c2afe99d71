package dev.parley.store.admin;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteErrorCode;

/** Ends what runs on a connection for too long. (The driver's own query timeout is SQLite's busy timeout, which is another thing.) */
final class TimeLimit extends ProgressHandler {
    /** How many steps of SQLite's machine pass between two looks at the time: a fraction of a millisecond. */
    private static final int STEPS = 10_000;

    private final long end;

    private TimeLimit(Duration timeMax) {
        this.end = System.nanoTime() + timeMax.toNanos();
    }

    /** From now on {@code connection} works for {@code timeMax} and no longer. */
    static void on(Connection connection, Duration timeMax) throws SQLException {
        setHandler(connection, STEPS, new TimeLimit(timeMax));
    }

    /** Whether this is how a limit ends what ran. */
    static boolean isUp(SQLException e) {
        return e.getErrorCode() == SQLiteErrorCode.SQLITE_INTERRUPT.code;
    }

    @Override
    protected int progress() {
        return System.nanoTime() - end < 0 ? 0 : 1;
    }
}
