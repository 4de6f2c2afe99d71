package dev.parley.store.admin;

import dev.parley.store.ReplicaUrl;
import dev.parley.store.StoreUrl;
import dev.parley.store.crypto.EncryptionKeys;
import dev.parley.store.postgresql.Connector;
import dev.parley.store.postgresql.PostgresFailure;
import dev.parley.store.postgresql.PrimaryLocator;
import dev.parley.store.sql.Schema;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.flywaydb.core.Flyway;

/** Administration of a database in a PostgreSQL cluster, except for backups, which PostgreSQL has itself. */
public final class PostgresAdmin implements StoreAdmin {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final int ROWS_AT_ONCE = 500;

    /** Quotes that only PostgreSQL's own parser understands. */
    private static final Pattern OWN_QUOTES = Pattern.compile("\\\\'|\\$\\w*\\$");

    private static final String QUERY_CANCELED = "57014";

    /**
     * @param keys called only when payloads are read; it may reject the configured ones
     * @param lagMax a replica that lags by more is out of service
     * @param connections how many a server opens to the primary
     */
    public record Settings(
            PrimaryLocator locator,
            List<ReplicaUrl> replicas,
            Flyway flyway,
            Supplier<EncryptionKeys> keys,
            Duration lagMax,
            int connections,
            InstantSource clock) {}

    private final Settings settings;
    private final PrimaryLocator locator;
    private final StoreUrl.Postgres url;

    public PostgresAdmin(Settings settings) {
        this.settings = settings;
        this.locator = settings.locator();
        this.url = locator.url();
    }

    @Override
    public void refuseMissing() {
        if (!first("SELECT to_regclass('flyway_schema_history') IS NOT NULL", row -> row.getBoolean(1))) {
            throw PostgresFailure.refused(url, "there is no store in it; \"parley migrate\" creates one");
        }
    }

    @Override
    public Schema.Migrated migrate() {
        try {
            locator.locate();
            return locator.schema(settings.flyway()).migrate();
        } catch (SQLException e) {
            throw PostgresFailure.unreachable(url, e);
        } catch (Schema.Unusable e) {
            throw PostgresFailure.refused(url, e);
        }
    }

    @Override
    public long bytes() {
        return first("SELECT pg_database_size(current_database())", row -> row.getLong(1));
    }

    @Override
    public void query(ReadOnlyQuery query, Duration timeMax, RowSink sink) {
        if (OWN_QUOTES.matcher(query.sql()).find()) {
            throw new AdminRefused("Quote text as 'it''s'; $$ and backslashes before quotes are not supported.");
        }
        refuseMissing();
        try (Connection connection = primary()) {
            connection.setNetworkTimeout(
                    Runnable::run, Math.toIntExact(timeMax.plus(GRACE).toMillis()));
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET statement_timeout = " + timeMax.toMillis());
                connection.setReadOnly(true);
                connection.setAutoCommit(false); // otherwise the driver fetches all rows at once
                statement.setFetchSize(ROWS_AT_ONCE);
                try (ResultSet rows = statement.executeQuery(query.sql())) {
                    ReadOnlyQuery.copy(rows, sink);
                }
            }
        } catch (SQLException e) {
            throw new AdminRefused(
                    QUERY_CANCELED.equals(e.getSQLState())
                            ? ReadOnlyQuery.tooLong(timeMax)
                            : "PostgreSQL says: " + PostgresFailure.line(e));
        }
    }

    @Override
    public StoreContents backup(Path file, Progress progress) {
        throw new AdminRefused("Use PostgreSQL's own backup: pg_dump --format=custom --file=" + file
                + " …; see the guide \"Operations\".");
    }

    @Override
    public Restored restore(Path file, boolean force, Progress progress) {
        throw new AdminRefused("Use PostgreSQL's own restore: pg_restore … " + file
                + ", into a new database; see the guide \"Operations\".");
    }

    @Override
    public List<Finding> examine() {
        return new PostgresExamination(settings).findings();
    }

    private <T> T first(String sql, PostgresExamination.Reading<T> reading) {
        try (Connection connection = primary()) {
            return PostgresExamination.first(connection, sql, reading);
        } catch (SQLException e) {
            throw PostgresFailure.unreachable(url, e);
        }
    }

    private Connection primary() throws SQLException {
        locator.locate();
        return new Connector(locator.current().url(), TIMEOUT).connect();
    }
}
