package dev.parley.store.admin;

import dev.parley.store.StoreUrl;
import dev.parley.store.postgresql.PostgresFailure;
import dev.parley.store.postgresql.PrimaryLocator;
import dev.parley.store.sql.Schema;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** Administration of a database in a PostgreSQL cluster, except for backups, which PostgreSQL has itself. */
public final class PostgresAdmin implements StoreAdmin {
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final int ROWS_AT_ONCE = 500;

    /** Quotes that only PostgreSQL's own parser understands. */
    private static final Pattern OWN_QUOTES = Pattern.compile("\\\\'|\\$\\w*\\$");

    private static final String QUERY_CANCELED = "57014";

    private final PostgresStore store;
    private final PrimaryLocator locator;
    private final StoreUrl.Postgres url;

    public PostgresAdmin(PostgresStore store) {
        this.store = store;
        this.locator = store.locator();
        this.url = locator.url();
    }

    @Override
    public void refuseMissing() {
        try (Connection connection = primary()) {
            if (!PostgresStore.is(connection, "SELECT to_regclass('flyway_schema_history') IS NOT NULL")) {
                throw PostgresFailure.refused(url, "there is no store in it; \"parley migrate\" creates one");
            }
        } catch (SQLException e) {
            throw PostgresFailure.unreachable(url, e);
        }
    }

    @Override
    public Schema.Migrated migrate() {
        try {
            locator.locate();
            return locator.schema(store.flyway()).migrate();
        } catch (SQLException e) {
            throw PostgresFailure.unreachable(url, e);
        } catch (Schema.Unusable e) {
            throw PostgresFailure.refused(url, e);
        }
    }

    @Override
    public long bytes() {
        try (Connection connection = primary()) {
            return PostgresStore.number(connection, "SELECT pg_database_size(current_database())");
        } catch (SQLException e) {
            throw PostgresFailure.unreachable(url, e);
        }
    }

    @Override
    public void query(ReadOnlyQuery query, Duration timeMax, ReadOnlyQuery.RowSink sink) {
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
    public Contents backup(Path file) {
        throw new AdminRefused("Use PostgreSQL's own backup: pg_dump --format=custom --file=" + file
                + " …; see the guide \"Operations\".");
    }

    @Override
    public Restored restore(Path file, boolean force) {
        throw new AdminRefused("Use PostgreSQL's own restore: pg_restore … " + file
                + ", into a new database; see the guide \"Operations\".");
    }

    @Override
    public List<Finding> examine() {
        return new PostgresExamination(store).findings();
    }

    private Connection primary() throws SQLException {
        locator.locate();
        return store.connect();
    }
}
