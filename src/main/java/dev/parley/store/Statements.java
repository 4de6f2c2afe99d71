package dev.parley.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The prepared statements of one connection, each prepared once: on SQLite preparing costs more than running.
 *
 * <p>Used by one thread at a time. Parameters are always bound, by position and in order.
 */
public final class Statements implements AutoCloseable {
    private final Connection connection;
    private final IdentityHashMap<Sql, Call> calls = new IdentityHashMap<>();
    private final boolean amongWriters;
    private final SlowLog slow;
    private long rowsChanged;
    private long room = Long.MAX_VALUE;
    private Memory memory = Memory.NONE;

    public Statements(Connection connection) {
        this(connection, SlowLog.OFF);
    }

    public Statements(Connection connection, SlowLog slow) {
        this(connection, false, slow);
    }

    private Statements(Connection connection, boolean amongWriters, SlowLog slow) {
        this.connection = connection;
        this.amongWriters = amongWriters;
        this.slow = slow;
    }

    /** On an engine where transactions write beside each other, so that one may have to wait for rows of another. */
    public static Statements amongWriters(Connection connection, SlowLog slow) {
        return new Statements(connection, true, slow);
    }

    /** These, telling {@code memory} what they change and asking it what they look for. */
    public Statements remembering(Memory memory) {
        this.memory = memory;
        return this;
    }

    Memory memory() {
        return memory;
    }

    /** Whether other transactions may hold rows that this one wants to change. */
    boolean isAmongWriters() {
        return amongWriters;
    }

    /** The statement, ready for its first parameter. */
    public Call call(Sql sql) throws SQLException {
        Call call = calls.get(sql);
        if (call == null) {
            call = new Call(sql, connection.prepareStatement(sql.text()));
            calls.put(sql, call);
        }
        call.parameter = 0;
        return call;
    }

    /** What is told of each statement that takes long. */
    public SlowLog slow() {
        return slow;
    }

    /** How many rows all statements so far have changed; by its growth a unit of work is seen to have changed something. */
    public long rowsChanged() {
        return rowsChanged;
    }

    /** Says how many bytes new sessions may take from now on. */
    public void setRoom(long bytes) {
        room = bytes;
    }

    /** Takes room for a new session of {@code bytes}, or returns false where there is none. */
    public boolean takeRoom(long bytes) {
        if (bytes > room) {
            return false;
        }
        room -= bytes;
        return true;
    }

    /** Closes the connection, and with it every statement. */
    @Override
    public void close() throws SQLException {
        connection.close();
    }

    /** Reads one row, or as many as it wants, from a result. */
    @FunctionalInterface
    public interface Reading<T> {
        T from(ResultSet row) throws SQLException;
    }

    /** One run of one statement: its parameters in order, then its effect. */
    public final class Call {
        private final Sql sql;
        private final PreparedStatement statement;
        private int parameter;

        private Call(Sql sql, PreparedStatement statement) {
            this.sql = sql;
            this.statement = statement;
        }

        public Call bind(@Nullable String text) throws SQLException {
            statement.setString(++parameter, text);
            return this;
        }

        public Call bind(long number) throws SQLException {
            statement.setLong(++parameter, number);
            return this;
        }

        public Call bind(int number) throws SQLException {
            statement.setInt(++parameter, number);
            return this;
        }

        public Call bind(@Nullable Integer number) throws SQLException {
            if (number == null) {
                statement.setNull(++parameter, Types.INTEGER);
            } else {
                statement.setInt(++parameter, number);
            }
            return this;
        }

        public Call bind(@Nullable Long number) throws SQLException {
            if (number == null) {
                statement.setNull(++parameter, Types.BIGINT);
            } else {
                statement.setLong(++parameter, number);
            }
            return this;
        }

        public Call bind(byte @Nullable [] bytes) throws SQLException {
            statement.setBytes(++parameter, bytes);
            return this;
        }

        /** Runs what neither changes rows nor returns any, such as COMMIT. */
        public void run() throws SQLException {
            long began = slow.began();
            try {
                statement.execute();
            } finally {
                slow.ended(sql.name(), began);
            }
        }

        /** Runs a change; returns how many rows it changed. */
        public int update() throws SQLException {
            long began = slow.began();
            try {
                int rows = statement.executeUpdate();
                rowsChanged += rows;
                return rows;
            } finally {
                slow.ended(sql.name(), began);
            }
        }

        /** Runs a change of at most one row with RETURNING; returns what {@code reading} makes of the row, or null for no row. */
        public <T> @Nullable T updateReturning(Reading<T> reading) throws SQLException {
            long began = slow.began();
            try (ResultSet rows = statement.executeQuery()) {
                if (!rows.next()) {
                    return null;
                }
                rowsChanged++;
                return reading.from(rows);
            } finally {
                slow.ended(sql.name(), began);
            }
        }

        /** Runs a query; returns what {@code reading} makes of the first row, or null for no row. */
        public <T> @Nullable T first(Reading<T> reading) throws SQLException {
            long began = slow.began();
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? reading.from(rows) : null;
            } finally {
                slow.ended(sql.name(), began);
            }
        }

        /** Runs a query; {@code reading} starts before the first row and goes through the rows itself. */
        public <T> T all(Reading<T> reading) throws SQLException {
            long began = slow.began();
            try (ResultSet rows = statement.executeQuery()) {
                return reading.from(rows);
            } finally {
                slow.ended(sql.name(), began);
            }
        }
    }
}
