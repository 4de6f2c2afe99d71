package dev.parley.store.admin;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.ReplicaUrl;
import dev.parley.store.Statements;
import dev.parley.store.admin.Finding.Level;
import dev.parley.store.postgresql.Connector;
import dev.parley.store.postgresql.LagTracker;
import dev.parley.store.postgresql.Pooling;
import dev.parley.store.postgresql.PostgresFailure;
import dev.parley.store.postgresql.PrimaryLocator;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Checks a primary, then its replicas one after the other. */
final class PostgresExamination {
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(1);

    /** Maximum time for which a replica is observed, even if parley.store.lag-max is longer. */
    private static final Duration LAG_WAIT_MAX = Duration.ofSeconds(30);

    private static final Duration BETWEEN_PROBES = Duration.ofMillis(20);

    private static final String RESUME =
            "Run SELECT pg_wal_replay_resume() on it; other nodes serve its reads while it lags.";
    private static final String OLD_PRIMARY =
            "Writes to it since the promotion are not in the cluster; see the guide Failover.";

    private static final String STARTED = "SELECT pg_postmaster_start_time()";
    private static final String SYSTEM = "SELECT system_identifier FROM pg_control_system()";

    private final PostgresStore store;
    private final PrimaryLocator locator;
    private final List<Finding> findings = new ArrayList<>();

    PostgresExamination(PostgresStore store) {
        this.store = store;
        this.locator = store.locator();
    }

    List<Finding> findings() {
        try {
            locator.locate();
            try (Connection primary = store.connect()) {
                primary.setNetworkTimeout(Runnable::run, Math.toIntExact(PostgresStore.TIMEOUT.toMillis()));
                examine(primary);
            }
        } catch (PostgresFailure.OldPrimary e) {
            findings.add(Finding.fault("timeline", PostgresFailure.line(e), OLD_PRIMARY));
        } catch (InvalidConfiguration e) {
            findings.add(Finding.fault("timeline", String.valueOf(e.getMessage()), "The service does not start."));
        } catch (SQLException e) {
            findings.add(unreachable(
                    "primary",
                    locator.url().toString(),
                    e,
                    "Check that the server runs and accepts this user, and parley.store.url."));
        }
        return findings;
    }

    private void examine(Connection primary) throws SQLException {
        findings.add(primary(primary));
        locator.refused().forEach(old -> findings.add(Finding.fault("timeline", old.message(), OLD_PRIMARY)));
        if (locator.refused().isEmpty()) {
            findings.add(Finding.ok("timeline", "no server is an old primary"));
        }
        Finding version = StoreChecks.schema(locator.schema(store.flyway()));
        findings.add(version);
        findings.add(rights(primary, version.level() == Level.WARNING));
        if (version.level() == Level.OK) {
            Instant now = store.clock().instant();
            findings.addAll(StoreChecks.rows(new Statements(primary), store.keys(), now));
        }
        findings.add(connections(primary));
        findings.add(durability(primary));
        findings.add(clock(primary));
        for (ReplicaUrl replica : store.replicas()) {
            findings.add(replica(primary, replica));
        }
    }

    private static Finding unreachable(String subject, String url, SQLException e, String advice) {
        return Finding.fault(
                subject,
                url + ": " + PostgresFailure.line(e),
                PostgresFailure.isOfPooler(e) ? Pooling.ADVICE + "." : advice);
    }

    private Finding primary(Connection primary) throws SQLException {
        String url = locator.current().url().toString();
        if (PostgresStore.is(primary, "SELECT current_setting('default_transaction_read_only')")) {
            return Finding.fault(
                    "primary",
                    url + " rejects writes: default_transaction_read_only is on",
                    "Reset it for the database, the user or the server.");
        }
        var size = new ByteCount(PostgresStore.number(primary, "SELECT pg_database_size(current_database())"));
        return Finding.ok(
                "primary",
                "PostgreSQL " + PostgresStore.text(primary, "SHOW server_version") + " at " + url + ", " + size);
    }

    /** @param due whether a migration is due, which changes and creates tables */
    private static Finding rights(Connection primary, boolean due) throws SQLException {
        String missing = PostgresStore.text(primary, """
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
        long most = PostgresStore.number(primary, """
                SELECT least(current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
                             (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database()),
                             (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user))""");
        return Finding.check(
                store.connections() <= most,
                "room",
                "each server opens up to " + store.connections() + " connections; this user may open " + most,
                "Raise max_connections or the user's limit, or lower parley.store.connections; all servers count.");
    }

    private static Finding durability(Connection primary) throws SQLException {
        String off = PostgresStore.text(primary, """
                SELECT coalesce(string_agg(name, ' and '), '') FROM pg_settings
                WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'""");
        return off.isEmpty()
                ? Finding.ok("durability", "commits survive a power cut")
                : Finding.fault(
                        "durability",
                        off + " is off",
                        "A power cut can lose commits or corrupt the store; switch it on in postgresql.conf.");
    }

    private Finding clock(Connection primary) throws SQLException {
        Instant theirs = PostgresStore.first(
                primary,
                "SELECT clock_timestamp()",
                row -> row.getObject(1, OffsetDateTime.class).toInstant());
        Instant ours = store.clock().instant();
        Duration apart = Duration.between(theirs, ours).abs();
        return Finding.check(
                apart.compareTo(CLOCK_TOLERANCE) <= 0,
                "clock",
                ours + ", " + apart.toMillis() + " ms from the primary's",
                "Sessions expire by this machine's clock; synchronize all machines by NTP.");
    }

    private Finding replica(Connection primary, ReplicaUrl replica) {
        String subject = replica.node().name();
        var connector = new Connector(replica.url(), PostgresStore.TIMEOUT);
        try (Connection connection = connector.connect()) {
            Pooling.refuseTransactions(connection, connector::connect);
            if (!PostgresStore.is(connection, "SELECT pg_is_in_recovery()")) {
                return isSame(connection, primary, STARTED)
                        ? Finding.warning(
                                subject,
                                "it is the primary now",
                                "Remove it from " + ReplicaUrl.KEY + ", or name a standby there.")
                        : Finding.fault(
                                subject,
                                "it does not follow a primary",
                                "Make it a standby again, or remove it from " + ReplicaUrl.KEY + ".");
            }
            return isSame(connection, primary, SYSTEM)
                    ? lag(subject, primary, connection)
                    : Finding.fault(
                            subject, "it belongs to another cluster", "Check its address in " + ReplicaUrl.KEY + ".");
        } catch (SQLException e) {
            return unreachable(
                    subject,
                    replica.url().toString(),
                    e,
                    "Check that the replica runs; until then other nodes serve its reads.");
        }
    }

    private static boolean isSame(Connection one, Connection other, String sql) throws SQLException {
        return PostgresStore.text(one, sql).equals(PostgresStore.text(other, sql));
    }

    /** By the rule of a server: for how long the primary has been ahead. */
    private Finding lag(String subject, Connection primary, Connection replica) throws SQLException {
        Duration max = store.lagMax().compareTo(LAG_WAIT_MAX) < 0 ? store.lagMax() : LAG_WAIT_MAX;
        boolean paused = PostgresStore.is(replica, "SELECT pg_is_wal_replay_paused()");
        var tracker = new LagTracker(Duration.ZERO);
        tracker.at(
                1,
                PostgresStore.number(primary, "SELECT pg_current_wal_flush_lsn() - '0/0'::pg_lsn"),
                System.nanoTime());
        long replayed = replayed(replica);
        Duration behind = tracker.behind(replayed, System.nanoTime());
        while (!behind.isZero() && behind.compareTo(max) <= 0) {
            LockSupport.parkNanos(BETWEEN_PROBES.toNanos());
            replayed = replayed(replica);
            behind = tracker.behind(replayed, System.nanoTime());
        }
        if (!behind.isZero()) {
            return Finding.warning(
                    subject,
                    "more than " + max.toMillis() + " ms behind the primary, by "
                            + new ByteCount(tracker.bytesBehind(replayed)) + (paused ? "; its replay is paused" : ""),
                    paused
                            ? RESUME
                            : "Check pg_stat_replication on the primary; other nodes serve the reads of a replica that lags"
                                    + " by more than parley.store.lag-max.");
        }
        return Finding.check(
                !paused,
                subject,
                paused ? "follows the primary, but its replay is paused" : "follows the primary",
                RESUME);
    }

    private static long replayed(Connection replica) throws SQLException {
        return PostgresStore.number(replica, "SELECT coalesce(pg_last_wal_replay_lsn() - '0/0'::pg_lsn, 0)");
    }
}
