package dev.parley.store.admin;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.ReplicaUrl;
import dev.parley.store.Statements;
import dev.parley.store.StoreUrl;
import dev.parley.store.admin.Finding.Level;
import dev.parley.store.crypto.EncryptionKeys;
import dev.parley.store.postgresql.Connector;
import dev.parley.store.postgresql.PostgresFailure;
import dev.parley.store.postgresql.PostgresSettings;
import dev.parley.store.postgresql.PrimaryLocator;
import dev.parley.store.sql.Schema;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.flywaydb.core.Flyway;

/**
 * Administration of a database in a PostgreSQL cluster, except for backups, which PostgreSQL has itself. An examination checks the
 * primary, then its replicas one after the other.
 */
public final class PostgresAdmin implements StoreAdmin {
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final int ROWS_AT_ONCE = 500;

    /** Quotes that only PostgreSQL's own parser understands. */
    private static final Pattern OWN_QUOTES = Pattern.compile("\\\\'|\\$\\w*\\$");

    private static final String QUERY_CANCELED = "57014";
    private static final long CLOCK_TOLERANCE_MILLIS = 1_000;
    private static final int ANSWER_MILLIS_MAX = 10_000;

    /** Maximum time for which a replica is observed, even if parley.store.lag-max is longer. */
    private static final Duration LAG_WAIT_MAX = Duration.ofSeconds(30);

    private static final long BETWEEN_PROBES_NANOS = 20_000_000;
    private static final String FORMER_PRIMARY =
            "Writes to it since the promotion are not in the cluster; see the guide Failover.";
    private static final String RESUME =
            "Run SELECT pg_wal_replay_resume() on it; other nodes serve its reads while it lags.";
    private static final String STARTED = "SELECT pg_postmaster_start_time()";
    private static final String SYSTEM = "SELECT system_identifier FROM pg_control_system()";
    private static final String REPLAYED = "coalesce(pg_last_wal_replay_lsn() - '0/0', 0)";
    private static final String SIZE = "pg_database_size(current_database())";

    private final PrimaryLocator locator;
    private final PostgresSettings settings;
    private final Flyway flyway;
    private final Supplier<EncryptionKeys> keys;
    private final InstantSource clock;
    private final StoreUrl.Postgres url;

    /** @param keys called only when payloads are read; it may reject the configured ones */
    public PostgresAdmin(PrimaryLocator locator, Flyway flyway, Supplier<EncryptionKeys> keys, InstantSource clock) {
        this.locator = locator;
        this.flyway = flyway;
        this.keys = keys;
        this.clock = clock;
        this.settings = locator.settings();
        this.url = settings.url();
    }

    @Override
    public void refuseMissing() {
        try (Connection primary = locator.connect()) {
            if (!is(primary, "to_regclass('flyway_schema_history') IS NOT NULL")) {
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
            return locator.schema(flyway).migrate();
        } catch (SQLException e) {
            throw PostgresFailure.unreachable(url, e);
        } catch (Schema.Unusable e) {
            throw PostgresFailure.refused(url, e);
        }
    }

    @Override
    public long bytes() {
        try (Connection primary = locator.connect()) {
            return number(primary, SIZE);
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
        try (Connection primary = locator.connect();
                Statement statement = primary.createStatement()) {
            primary.setNetworkTimeout(
                    Runnable::run, Math.toIntExact(timeMax.plus(GRACE).toMillis()));
            statement.execute("SET statement_timeout = " + timeMax.toMillis());
            primary.setReadOnly(true);
            primary.setAutoCommit(false); // otherwise the driver fetches all rows at once
            statement.setFetchSize(ROWS_AT_ONCE);
            try (ResultSet rows = statement.executeQuery(query.sql())) {
                ReadOnlyQuery.copy(rows, sink);
            }
        } catch (SQLException e) {
            throw new AdminRefused(
                    QUERY_CANCELED.equals(e.getSQLState())
                            ? ReadOnlyQuery.tooLong(timeMax)
                            : "PostgreSQL reports: " + PostgresFailure.line(e));
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
        var findings = new ArrayList<Finding>();
        try (Connection primary = locator.connect()) {
            primary.setNetworkTimeout(Runnable::run, ANSWER_MILLIS_MAX);
            examine(primary, findings);
        } catch (PostgresFailure.FormerPrimary e) {
            findings.add(Finding.fault("timeline", PostgresFailure.line(e), FORMER_PRIMARY));
        } catch (InvalidConfiguration e) {
            findings.add(Finding.fault("timeline", String.valueOf(e.getMessage()), "The service does not start."));
        } catch (SQLException e) {
            String advice = "Check that the server runs and accepts this user, and parley.store.url.";
            findings.add(unreachable("primary", url.toString(), e, advice));
        }
        return findings;
    }

    private void examine(Connection primary, List<Finding> findings) throws SQLException {
        findings.add(primary(primary));
        locator.former().forEach(line -> findings.add(Finding.fault("timeline", line, FORMER_PRIMARY)));
        if (locator.former().isEmpty()) {
            findings.add(Finding.ok("timeline", "no server is a former primary"));
        }
        Finding version = StoreChecks.schema(locator.schema(flyway));
        findings.add(version);
        findings.add(rights(primary, version.level() == Level.WARNING));
        if (version.level() == Level.OK) {
            findings.addAll(StoreChecks.rows(new Statements(primary), keys, clock.instant()));
        }
        findings.add(connections(primary));
        findings.add(durability(primary));
        findings.add(clock(primary));
        for (ReplicaUrl replica : settings.replicas()) {
            findings.add(replica(primary, replica));
        }
    }

    private static Finding unreachable(String subject, String url, SQLException e, String advice) {
        String found = url + ": " + PostgresFailure.line(e);
        return Finding.fault(subject, found, PostgresFailure.isOfPooler(e) ? Connector.POOLER_ADVICE + "." : advice);
    }

    private Finding primary(Connection primary) throws SQLException {
        String current = locator.current().url().toString();
        if (is(primary, "current_setting('default_transaction_read_only')")) {
            String found = current + " rejects writes: default_transaction_read_only is on";
            return Finding.fault("primary", found, "Reset it for the database, the user or the server.");
        }
        String version = text(primary, "SHOW server_version");
        var size = new ByteCount(number(primary, SIZE));
        return Finding.ok("primary", "PostgreSQL " + version + " at " + current + ", " + size);
    }

    /** @param due whether a migration is due, which changes and creates tables */
    private static Finding rights(Connection primary, boolean due) throws SQLException {
        String missing = text(primary, """
                SELECT coalesce(string_agg(missing, ', '), '') FROM (
                    SELECT privilege || ' on ' || name AS missing
                    FROM unnest(ARRAY['sessions', 'events', 'namespaces', 'history', 'encryption_keys', 'access_keys',
                                      'timelines', 'cluster_timelines']) name,
                         unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) privilege
                    WHERE to_regclass(name) IS NOT NULL AND NOT has_table_privilege(name, privilege)
                    UNION ALL
                    SELECT 'CREATE on the schema ' || current_schema()
                    WHERE %1$s AND NOT has_schema_privilege(current_schema(), 'CREATE')
                    UNION ALL
                    SELECT 'ownership of ' || tablename FROM pg_tables
                    WHERE %1$s AND schemaname = current_schema() AND NOT pg_has_role(tableowner, 'USAGE')) lacks""".formatted(due));
        return missing.isEmpty()
                ? Finding.ok("rights", "this user can read and write the tables")
                : Finding.fault("rights", "this user lacks " + missing, "Grant it, or connect as the tables' owner.");
    }

    private Finding connections(Connection primary) throws SQLException {
        long most = number(primary, """
                least(current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
                      (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database()),
                      (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user))""");
        long needed = settings.connectionsMax();
        return Finding.check(
                needed <= most,
                "room",
                "each server opens up to " + needed + " connections; this user may open " + most,
                "Raise max_connections or the user's limit, or lower parley.store.connections; all servers count.");
    }

    private static Finding durability(Connection primary) throws SQLException {
        String off = text(primary, """
                SELECT coalesce(string_agg(name, ' and '), '') FROM pg_settings
                WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'""");
        String advice = "A power cut can lose commits or corrupt the store; switch it on in postgresql.conf.";
        return off.isEmpty()
                ? Finding.ok("durability", "commits survive a power cut")
                : Finding.fault("durability", off + " is off", advice);
    }

    private Finding clock(Connection primary) throws SQLException {
        long theirs = number(primary, "extract(epoch FROM clock_timestamp()) * 1000");
        Instant ours = clock.instant();
        long apart = Math.abs(ours.toEpochMilli() - theirs);
        return Finding.check(
                apart <= CLOCK_TOLERANCE_MILLIS,
                "clock",
                ours + ", " + apart + " ms from the primary's",
                "Sessions expire by this machine's clock; synchronize all machines by NTP.");
    }

    private Finding replica(Connection primary, ReplicaUrl replica) {
        String subject = replica.node().name();
        String key = ReplicaUrl.KEY;
        try (Connection connection = new Connector(replica::url).connect()) {
            if (is(connection, "pg_is_in_recovery()")) {
                return isSame(connection, primary, SYSTEM)
                        ? lag(subject, primary, connection)
                        : Finding.fault(subject, "it belongs to another cluster", "Check its address in " + key + ".");
            }
            return isSame(connection, primary, STARTED)
                    ? Finding.warning(
                            subject, "it is the primary now", "Remove it from " + key + ", or name a standby there.")
                    : Finding.fault(
                            subject,
                            "it does not follow a primary",
                            "Make it a standby again, or remove it from " + key + ".");
        } catch (SQLException e) {
            String advice = "Check that the replica runs; until then other nodes serve its reads.";
            return unreachable(subject, replica.url().toString(), e, advice);
        }
    }

    private static boolean isSame(Connection one, Connection other, String sql) throws SQLException {
        return text(one, sql).equals(text(other, sql));
    }

    /** By the rule of a server: for how long the primary has been ahead. */
    private Finding lag(String subject, Connection primary, Connection replica) throws SQLException {
        Duration max = settings.lagMax().compareTo(LAG_WAIT_MAX) < 0 ? settings.lagMax() : LAG_WAIT_MAX;
        boolean paused = is(replica, "pg_is_wal_replay_paused()");
        long position = number(primary, "pg_current_wal_flush_lsn() - '0/0'");
        long deadline = System.nanoTime() + max.toNanos();
        long behind = position - number(replica, REPLAYED);
        while (behind > 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(BETWEEN_PROBES_NANOS);
            behind = position - number(replica, REPLAYED);
        }
        if (behind > 0) {
            String found = "more than " + max.toMillis() + " ms behind the primary, by " + new ByteCount(behind)
                    + (paused ? "; its replay is paused" : "");
            String check =
                    "Check pg_stat_replication on the primary; other nodes serve the reads of a replica that lags"
                            + " by more than parley.store.lag-max.";
            return Finding.warning(subject, found, paused ? RESUME : check);
        }
        String found = "follows the primary" + (paused ? ", but its replay is paused" : "");
        return Finding.check(!paused, subject, found, RESUME);
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    private static boolean is(Connection connection, String condition) throws SQLException {
        return text(connection, "SELECT CAST(" + condition + " AS BOOLEAN)").equals("t");
    }

    private static long number(Connection connection, String number) throws SQLException {
        return Long.parseLong(text(connection, "SELECT CAST(" + number + " AS BIGINT)"));
    }
}
