package dev.parley.store.admin;

import dev.parley.store.ReplicaUrl;
import dev.parley.store.crypto.EncryptionKeys;
import dev.parley.store.postgresql.Connector;
import dev.parley.store.postgresql.PrimaryLocator;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.flywaydb.core.Flyway;

/**
 * A store in a PostgreSQL cluster, for administration.
 *
 * @param keys called only when payloads are read; it may reject the configured ones
 * @param lagMax a replica that lags by more is out of service
 * @param connections how many a server opens to the primary
 */
public record PostgresStore(
        PrimaryLocator locator,
        List<ReplicaUrl> replicas,
        Flyway flyway,
        Supplier<EncryptionKeys> keys,
        Duration lagMax,
        int connections,
        InstantSource clock) {
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Connects to the primary that was located last. */
    Connection connect() throws SQLException {
        return new Connector(locator.current().url(), TIMEOUT).connect();
    }

    /** Maps the only row of a result. */
    interface Reading<T> {
        T of(ResultSet row) throws SQLException;
    }

    static <T> T first(Connection connection, String sql, Reading<T> reading) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return reading.of(row);
        }
    }

    static String text(Connection connection, String sql) throws SQLException {
        return first(connection, sql, row -> row.getString(1));
    }

    static boolean is(Connection connection, String sql) throws SQLException {
        return first(connection, sql, row -> row.getBoolean(1));
    }

    static long number(Connection connection, String sql) throws SQLException {
        return first(connection, sql, row -> row.getLong(1));
    }
}
