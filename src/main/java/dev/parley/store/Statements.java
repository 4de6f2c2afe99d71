package dev.parley.store;

import dev.parley.session.SessionKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sqlite.core.CoreResultSet;

/**
 * The prepared statements of one connection, each prepared once: on SQLite preparing costs more than running.
 *
 * <p>Used by one thread at a time. Parameters are always bound, by position and in order.
 */
public final class Statements implements AutoCloseable {
    /** In a statement's text: rows that another transaction has locked are skipped. SQLite, with one writer, has no such clause. */
    public static final String SKIP_LOCKED = "FOR UPDATE SKIP LOCKED";

    private final Connection connection;
    private final IdentityHashMap<Sql, Call> calls = new IdentityHashMap<>();
    private boolean rowLocks;
    private SlowLog slow = SlowLog.OFF;
    private @Nullable TrailingQuery<?> trailing;
    private long rowsChanged;

    public Statements(Connection connection) {
        this.connection = connection;
    }

    /** For an engine where transactions write at the same time, so that a transaction locks rows that it reads before it writes. */
    public Statements withRowLocks() {
        rowLocks = true;
        return this;
    }

    /** Reports slow statements to {@code log}. */
    public Statements loggedTo(SlowLog log) {
        slow = log;
        return this;
    }

    /** Queries on the same connection, each followed by {@code query} in the same round trip. */
    public Statements followedBy(TrailingQuery<?> query) {
        Statements others = new Statements(connection).loggedTo(slow);
        others.rowLocks = rowLocks;
        others.trailing = query;
        return others;
    }

    public Connection connection() {
        return connection;
    }

    /** Whether other transactions may have locked rows that this one wants to change. */
    public boolean hasRowLocks() {
        return rowLocks;
    }

    /** The statement, ready for its first parameter. */
    public Call call(Sql sql) throws SQLException {
        Call call = calls.get(sql);
        if (call == null) {
            String text = rowLocks ? sql.text() : sql.text().replace(SKIP_LOCKED, "");
            String sent = trailing == null ? text : text + "; " + trailing.sql.text();
            call = new Call(sql, connection.prepareStatement(sent));
            calls.put(sql, call);
        }
        call.parameter = 0;
        return call;
    }

    /** Where slow statements are reported. */
    public SlowLog slow() {
        return slow;
    }

    /** The number of rows that all statements so far have changed; it grows where a unit of work has changed something. */
    public long rowsChanged() {
        return rowsChanged;
    }

    /** Closes the connection, and with it every statement. */
    @Override
    public void close() throws SQLException {
        connection.close();
    }

    /** Reads one row, or several, from a result. */
    @FunctionalInterface
    public interface Reading<T> {
        T from(ResultSet row) throws SQLException;
    }

    /** One execution of a statement: its parameters in order, then its effect. */
    public final class Call {
        private final Sql sql;
        private final PreparedStatement statement;
        private int parameter;

        // SQLite's driver has one result per statement, and reads the names of its columns at every execution unless
        // they are set: a quarter of the time of a read that finds nothing.
        private @Nullable CoreResultSet onSqlite;
        private String @Nullable [] columnNames;

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
            statement.setObject(++parameter, number, Types.INTEGER);
            return this;
        }

        public Call bind(@Nullable Long number) throws SQLException {
            statement.setObject(++parameter, number, Types.BIGINT);
            return this;
        }

        /** Two parameters: the namespace and the code. */
        public Call bind(SessionKey key) throws SQLException {
            return bind(key.namespace().name()).bind(key.code().text());
        }

        /** Milliseconds since 1970. */
        public Call bind(Instant time) throws SQLException {
            return bind(time.toEpochMilli());
        }

        public Call bind(byte @Nullable [] bytes) throws SQLException {
            statement.setBytes(++parameter, bytes);
            return this;
        }

        /** Runs a statement that neither changes rows nor returns any, such as COMMIT. */
        public void run() throws SQLException {
            long began = slow.began();
            try {
                statement.execute();
            } finally {
                slow.ended(sql.name(), began);
            }
        }

        /** Runs a change; returns the number of rows that it changed. */
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

        /** Runs a change of at most one row with RETURNING; maps the row, or returns null for no row. */
        public <T> @Nullable T updateReturning(Reading<T> reading) throws SQLException {
            T result = first(reading);
            rowsChanged += result == null ? 0 : 1;
            return result;
        }

        /** Runs a query; maps the first row, or returns null for no row. */
        public <T> @Nullable T first(Reading<T> reading) throws SQLException {
            long began = slow.began();
            try (ResultSet rows = query()) {
                T result = rows.next() ? reading.from(rows) : null;
                readTrailing();
                return result;
            } finally {
                slow.ended(sql.name(), began);
            }
        }

        /** Runs a query; {@code reading} starts before the first row and advances by itself. */
        public <T> T all(Reading<T> reading) throws SQLException {
            long began = slow.began();
            try (ResultSet rows = query()) {
                T result = reading.from(rows);
                readTrailing();
                return result;
            } finally {
                slow.ended(sql.name(), began);
            }
        }

        /** Runs a query; maps each of its rows. */
        public <T> List<T> list(Reading<T> reading) throws SQLException {
            return all(rows -> {
                var list = new ArrayList<T>();
                while (rows.next()) {
                    list.add(reading.from(rows));
                }
                return list;
            });
        }

        /** Runs a change with RETURNING; maps each of the rows that it changed. */
        public <T> List<T> listReturning(Reading<T> reading) throws SQLException {
            List<T> changed = list(reading);
            rowsChanged += changed.size();
            return changed;
        }

        private ResultSet query() throws SQLException {
            if (trailing == null && onSqlite == null) {
                ResultSet rows = statement.executeQuery(); // which rejects more than one result
                if (rows instanceof CoreResultSet result) {
                    onSqlite = result;
                    columnNames = result.colsMeta;
                }
                return rows;
            }
            statement.execute();
            if (onSqlite != null) {
                onSqlite.colsMeta = columnNames;
            }
            return statement.getResultSet();
        }

        private void readTrailing() throws SQLException {
            if (trailing != null) {
                trailing.read(statement);
            }
        }
    }

    /** A query that is sent with each other query and runs behind it, with its last result. PostgreSQL reads its position so. */
    public static final class TrailingQuery<A> {
        private final Sql sql;
        private final Reading<A> reading;
        private @Nullable A result;

        /** @param reading maps the only row of the result */
        public TrailingQuery(Sql sql, Reading<A> reading) {
            this.sql = sql;
            this.reading = reading;
        }

        /** The result behind the last query, once; null where no query has run since. */
        public @Nullable A take() {
            A taken = result;
            result = null;
            return taken;
        }

        private void read(PreparedStatement statement) throws SQLException {
            if (!statement.getMoreResults()) {
                throw new SQLException("There is no result of " + sql);
            }
            try (ResultSet row = statement.getResultSet()) {
                row.next();
                result = reading.from(row);
            }
        }
    }

    /** One SQL statement with the name by which logs and metrics refer to it; its text is never logged with values. */
    public static final class Sql {
        private final String name;
        private final String text;

        public Sql(String name, String text) {
            this.name = name;
            this.text = text;
        }

        public String name() {
            return name;
        }

        public String text() {
            return text;
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
