package dev.parley.store;

import dev.parley.store.crypto.PayloadEncryption;
import dev.parley.store.crypto.Payloads;
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
    private boolean amongWriters;
    private SlowLog slow = SlowLog.OFF;
    private PayloadEncryption secrecy = PayloadEncryption.NONE;
    private @Nullable Payloads payloads;
    private @Nullable Question<?> question;
    private long rowsChanged;

    /** Statements that know nothing but their connection; what else they should, they are told before the first is called. */
    public Statements(Connection connection) {
        this.connection = connection;
    }

    /** On an engine where transactions write beside each other, so that one may have to wait for rows of another. */
    public Statements amongWriters() {
        amongWriters = true;
        return this;
    }

    /** Telling {@code slow} how long each takes. */
    public Statements telling(SlowLog slow) {
        this.slow = slow;
        return this;
    }

    /** Others of the same connection: queries, each of which {@code question} follows in the same round trip. */
    public Statements asking(Question<?> question) {
        Statements others = new Statements(connection).telling(slow).sealing(secrecy);
        others.amongWriters = amongWriters;
        others.question = question;
        return others;
    }

    /** Keeping what peers say as {@code secrecy} has it, which is asked when that is first needed. */
    public Statements sealing(PayloadEncryption secrecy) {
        this.secrecy = secrecy;
        return this;
    }

    /** What peers say, as it is kept and as it was said. */
    public Payloads payloads() {
        if (payloads == null) {
            payloads = secrecy.payloads();
        }
        return payloads;
    }

    /** Whether other transactions may hold rows that this one wants to change. */
    public boolean isAmongWriters() {
        return amongWriters;
    }

    /** The statement, ready for its first parameter. */
    public Call call(Sql sql) throws SQLException {
        Call call = calls.get(sql);
        if (call == null) {
            String text = question == null ? sql.text() : sql.text() + "; " + question.sql.text();
            call = new Call(sql, connection.prepareStatement(text));
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
            try (ResultSet rows = query()) {
                T result = rows.next() ? reading.from(rows) : null;
                hearAnswer();
                return result;
            } finally {
                slow.ended(sql.name(), began);
            }
        }

        /** Runs a query; {@code reading} starts before the first row and goes through the rows itself. */
        public <T> T all(Reading<T> reading) throws SQLException {
            long began = slow.began();
            try (ResultSet rows = query()) {
                T result = reading.from(rows);
                hearAnswer();
                return result;
            } finally {
                slow.ended(sql.name(), began);
            }
        }

        private ResultSet query() throws SQLException {
            if (question == null) {
                return statement.executeQuery(); // which refuses what has more than one result
            }
            statement.execute();
            return statement.getResultSet();
        }

        private void hearAnswer() throws SQLException {
            if (question != null) {
                question.hear(statement);
            }
        }
    }

    /** A question that is asked behind each query, with its last answer. */
    public static final class Question<A> {
        private final Sql sql;
        private final Reading<A> reading;
        private @Nullable A answer;

        /** @param reading takes the answer from its only row */
        public Question(Sql sql, Reading<A> reading) {
            this.sql = sql;
            this.reading = reading;
        }

        /** The answer behind the last query, once; null where none was made since. */
        public @Nullable A take() {
            A taken = answer;
            answer = null;
            return taken;
        }

        private void hear(PreparedStatement statement) throws SQLException {
            if (!statement.getMoreResults()) {
                throw new SQLException("There is no answer to " + sql);
            }
            try (ResultSet row = statement.getResultSet()) {
                row.next();
                answer = reading.from(row);
            }
        }
    }
}
