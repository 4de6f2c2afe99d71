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
    private final @Nullable Secrecy secrecy;
    private final boolean amongWriters;
    private @Nullable Payloads payloads;
    private long rowsChanged;
    private long room = Long.MAX_VALUE;
    private Memory memory = Memory.NONE;

    /** For what has nothing to do with what peers say. */
    public Statements(Connection connection) {
        this(connection, null, false);
    }

    /** @param secrecy how the store keeps what peers say; asked when that is first needed */
    public Statements(Connection connection, Secrecy secrecy) {
        this(connection, secrecy, false);
    }

    private Statements(Connection connection, @Nullable Secrecy secrecy, boolean amongWriters) {
        this.connection = connection;
        this.secrecy = secrecy;
        this.amongWriters = amongWriters;
    }

    /** On an engine where transactions write beside each other, so that one may have to wait for rows of another. */
    public static Statements amongWriters(Connection connection, @Nullable Secrecy secrecy) {
        return new Statements(connection, secrecy, true);
    }

    /** What peers say, as it is kept and as it was said. */
    Payloads payloads() {
        if (payloads == null) {
            if (secrecy == null) {
                throw new IllegalStateException("This connection was not opened for what peers say");
            }
            payloads = secrecy.payloads();
        }
        return payloads;
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
            call = new Call(connection.prepareStatement(sql.text()));
            calls.put(sql, call);
        }
        call.parameter = 0;
        return call;
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
        private final PreparedStatement statement;
        private int parameter;

        private Call(PreparedStatement statement) {
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
            statement.execute();
        }

        /** Runs a change; returns how many rows it changed. */
        public int update() throws SQLException {
            int rows = statement.executeUpdate();
            rowsChanged += rows;
            return rows;
        }

        /** Runs a change of at most one row with RETURNING; returns what {@code reading} makes of the row, or null for no row. */
        public <T> @Nullable T updateReturning(Reading<T> reading) throws SQLException {
            try (ResultSet rows = statement.executeQuery()) {
                if (!rows.next()) {
                    return null;
                }
                rowsChanged++;
                return reading.from(rows);
            }
        }

        /** Runs a query; returns what {@code reading} makes of the first row, or null for no row. */
        public <T> @Nullable T first(Reading<T> reading) throws SQLException {
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? reading.from(rows) : null;
            }
        }

        /** Runs a query; {@code reading} starts before the first row and goes through the rows itself. */
        public <T> T all(Reading<T> reading) throws SQLException {
            try (ResultSet rows = statement.executeQuery()) {
                return reading.from(rows);
            }
        }
    }
}
