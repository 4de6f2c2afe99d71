package dev.parley.packaged;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A connection to an SQLite file beside the server. */
final class OutsideConnection implements AutoCloseable {
    private final Connection connection;

    private OutsideConnection(Connection connection) {
        this.connection = connection;
    }

    static OutsideConnection open(Path file) throws SQLException {
        return new OutsideConnection(DriverManager.getConnection("jdbc:sqlite:" + file + "?busy_timeout=10000"));
    }

    /** Runs a statement; returns the number of changed rows. */
    int execute(String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            statement.execute();
            return statement.getUpdateCount();
        }
    }

    /** The first value of a query's first row. */
    @Nullable
    String value(String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            return row.getString(1);
        }
    }

    /** Makes one session expire. */
    void expire(String code) throws SQLException {
        execute("UPDATE sessions SET expires_at = 1 WHERE code = ?", code);
    }

    long sessions() throws SQLException {
        return Long.parseLong(String.valueOf(value("SELECT count(*) FROM sessions")));
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
