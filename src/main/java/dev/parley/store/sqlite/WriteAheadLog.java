package dev.parley.store.sqlite;

import dev.parley.store.Sql;
import dev.parley.store.Statements;
import java.sql.SQLException;

/** Moves the content of the write-ahead log into the database file, outside a transaction. */
final class WriteAheadLog {
    private static final Sql CHECKPOINT = new Sql("checkpoint", "PRAGMA wal_checkpoint(PASSIVE)");
    private static final Sql TRUNCATE = new Sql("truncate-log", "PRAGMA wal_checkpoint(TRUNCATE)");

    /** Readers within the process finish in microseconds; the writer does not wait longer for others. */
    private static final Sql SHORT_TIMEOUT = new Sql("short-timeout", "PRAGMA busy_timeout = 50");

    private final Sql usualTimeout;

    /** @param busyMillis the timeout of the writer's connection */
    WriteAheadLog(long busyMillis) {
        this.usualTimeout = new Sql("usual-timeout", "PRAGMA busy_timeout = " + busyMillis);
    }

    /** Moves as much as readers allow, without waiting; returns whether that was all of it. */
    boolean checkpoint(Statements writer) throws SQLException {
        return Boolean.TRUE.equals(
                writer.call(CHECKPOINT).first(row -> row.getInt(1) == 0 && row.getInt(2) == row.getInt(3)));
    }

    /** Moves everything and truncates the log to zero bytes; returns false if a reader prevents that. */
    boolean truncate(Statements writer) throws SQLException {
        if (!checkpoint(writer)) {
            return false;
        }
        writer.call(SHORT_TIMEOUT).first(row -> true);
        try {
            return Boolean.TRUE.equals(writer.call(TRUNCATE).first(row -> row.getInt(1) == 0));
        } finally {
            writer.call(usualTimeout).first(row -> true);
        }
    }
}
