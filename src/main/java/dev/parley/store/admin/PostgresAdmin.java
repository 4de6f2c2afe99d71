package dev.parley.store.admin;

import dev.parley.store.ReplicaUrl;
import dev.parley.store.StoreUrl;
import dev.parley.store.crypto.PayloadEncryption;
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

/** What an operator does to a database of a PostgreSQL cluster. Backups are the cluster's own matter. */
public final class PostgresAdmin implements StoreAdmin {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final int ROWS_AT_ONCE = 500;

    /** How PostgreSQL alone quotes: what stands in it cannot be told from what stands outside without its own parser. */
    private static final Pattern OWN_QUOTES = Pattern.compile("\\\\'|\\$\\w*\\$");

    private static final String QUERY_CANCELED = "57014";

    private final PrimaryLocator locator;
    private final StoreUrl.Postgres url;
    private final List<ReplicaUrl> replicas;
    private final Flyway flyway;
    private final Supplier<PayloadEncryption> secrecy;
    private final Duration lagMax;
    private final int connections;
    private final InstantSource clock;

    /**
     * @param secrecy asked for only where payloads are read; it may refuse the keys that are set
     * @param lagMax a replica that is further behind is out of service
     * @param connections how many a server opens to the primary
     */
    public PostgresAdmin(
            PrimaryLocator locator,
            List<ReplicaUrl> replicas,
            Flyway flyway,
            Supplier<PayloadEncryption> secrecy,
            Duration lagMax,
            int connections,
            InstantSource clock) {
        this.locator = locator;
        this.url = locator.url();
        this.replicas = replicas;
        this.flyway = flyway;
        this.secrecy = secrecy;
        this.lagMax = lagMax;
        this.connections = connections;
        this.clock = clock;
    }

    @Override
    public void refuseMissing() {
        try (Connection connection = primary();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT to_regclass('flyway_schema_history') IS NOT NULL")) {
            found.next();
            if (!found.getBoolean(1)) {
                throw PostgresFailure.refused(url, "there is no store in it; \"parley migrate\" makes one");
            }
        } catch (SQLException e) {
            throw PostgresFailure.unreachable(url, e);
        }
    }

    @Override
    public Migrated migrate() {
        try {
            locator.locate();
            return locator.schema(flyway).migrate();
        } catch (SQLException e) {
            throw PostgresFailure.unreachable(url, e);
        } catch (Schema.Unusable e) {
            throw PostgresFailure.refused(url, e);
        }
    }

    @Override
    public long bytes() {
        try (Connection connection = primary();
                Statement statement = connection.createStatement();
                ResultSet size = statement.executeQuery("SELECT pg_database_size(current_database())")) {
            size.next();
            return size.getLong(1);
        } catch (SQLException e) {
            throw PostgresFailure.unreachable(url, e);
        }
    }

    @Override
    public void ask(ReadOnlyQuery question, Duration timeMax, RowSink answer) {
        if (OWN_QUOTES.matcher(question.sql()).find()) {
            throw new AdminRefused(
                    "Quote texts as 'it''s': what stands in $$ or behind a backslash cannot be looked through.");
        }
        refuseMissing();
        try (Connection connection = primary()) {
            connection.setNetworkTimeout(
                    Runnable::run, Math.toIntExact(timeMax.plus(GRACE).toMillis()));
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET statement_timeout = " + timeMax.toMillis());
                connection.setReadOnly(true);
                connection.setAutoCommit(false); // else the driver fetches all rows at once
                statement.setFetchSize(ROWS_AT_ONCE);
                try (ResultSet rows = statement.executeQuery(question.sql())) {
                    ReadOnlyQuery.tell(rows, answer);
                }
            }
        } catch (SQLException e) {
            throw new AdminRefused(
                    QUERY_CANCELED.equals(e.getSQLState())
                            ? "The answer takes longer than " + timeMax.toMillis() + " ms."
                            : "PostgreSQL says: " + PostgresFailure.line(e));
        }
    }

    @Override
    public StoreContents backup(Path file, Progress progress) {
        throw new AdminRefused("PostgreSQL saves its databases itself: pg_dump --format=custom --file=" + file
                + " …; see the guide \"Operations\".");
    }

    @Override
    public Restored restore(Path file, boolean force, Progress progress) {
        throw new AdminRefused("PostgreSQL restores its databases itself: pg_restore … " + file
                + ", into a new database; see the guide \"Operations\".");
    }

    @Override
    public List<Finding> examine() {
        return new PostgresExamination(locator, replicas, flyway, secrecy, lagMax, connections, clock).findings();
    }

    private Connection primary() throws SQLException {
        locator.locate();
        return new Connector(locator.current().url(), "any", TIMEOUT).connect();
    }
}
