package dev.parley.store.admin;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.ReplicaUrl;
import dev.parley.store.Statements;
import dev.parley.store.admin.Finding.Level;
import dev.parley.store.crypto.PayloadEncryption;
import dev.parley.store.postgresql.Connector;
import dev.parley.store.postgresql.LagTracker;
import dev.parley.store.postgresql.OldPrimary;
import dev.parley.store.postgresql.Pooling;
import dev.parley.store.postgresql.PostgresFailure;
import dev.parley.store.postgresql.PrimaryLocator;
import dev.parley.store.sql.RowCheck;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.flywaydb.core.Flyway;

/** Looks whether a primary and its replicas are well, one after the other. */
final class PostgresExamination {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CLOCK_SLACK = Duration.ofSeconds(1);

    /** Beyond it a replica is reported as it is by then, even where parley.store.lag-max is longer. */
    private static final Duration LAG_WAIT_MAX = Duration.ofSeconds(30);

    private static final String RESUME =
            "SELECT pg_wal_replay_resume() on it; while it is behind, other nodes serve its reads.";

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    private static final String OLD_PRIMARY =
            "What was written there since the promotion is not in the cluster; see the guide Failover.";

    private static final String STARTED = "SELECT pg_postmaster_start_time()";
    private static final String SYSTEM = "SELECT system_identifier FROM pg_control_system()";

    private final PrimaryLocator locator;
    private final List<ReplicaUrl> replicas;
    private final Flyway flyway;
    private final Supplier<PayloadEncryption> secrecy;
    private final Duration lagMax;
    private final int connections;
    private final InstantSource clock;
    private final List<Finding> findings = new ArrayList<>();

    PostgresExamination(
            PrimaryLocator locator,
            List<ReplicaUrl> replicas,
            Flyway flyway,
            Supplier<PayloadEncryption> secrecy,
            Duration lagMax,
            int connections,
            InstantSource clock) {
        this.locator = locator;
        this.replicas = replicas;
        this.flyway = flyway;
        this.secrecy = secrecy;
        this.lagMax = lagMax;
        this.connections = connections;
        this.clock = clock;
    }

    List<Finding> findings() {
        try {
            locator.locate();
        } catch (OldPrimary e) {
            findings.add(Finding.fault("timeline", PostgresFailure.line(e), OLD_PRIMARY));
            return findings;
        } catch (InvalidConfiguration e) {
            findings.add(Finding.fault("timeline", String.valueOf(e.getMessage()), "The service does not start so."));
            return findings;
        } catch (SQLException e) {
            findings.add(unreachable(e));
            return findings;
        }
        try (Connection primary = new Connector(locator.current().url(), "any", TIMEOUT).connect()) {
            primary.setNetworkTimeout(Runnable::run, Math.toIntExact(TIMEOUT.toMillis()));
            findings.add(primary(primary));
            findings.addAll(timelines());
            Finding version = locator.schema(flyway).finding();
            findings.add(version);
            findings.add(rights(primary, version.level() == Level.WARNING));
            if (version.level() == Level.OK) {
                // Of an older schema it is not known how rows are read.
                findings.addAll(RowCheck.findings(new Statements(primary), secrecy, clock.instant()));
            }
            findings.add(connections(primary));
            findings.add(durability(primary));
            findings.add(clock(primary));
            for (ReplicaUrl replica : replicas) {
                findings.add(replica(primary, replica));
            }
        } catch (SQLException e) {
            findings.add(unreachable(e));
        }
        return findings;
    }

    private Finding unreachable(SQLException e) {
        return Finding.fault(
                "primary",
                locator.url() + ": " + PostgresFailure.line(e),
                PostgresFailure.isOfPooler(e)
                        ? Pooling.ADVICE + "."
                        : "See that the server runs and lets this user in; check parley.store.url.");
    }

    private List<Finding> timelines() {
        return locator.refused().isEmpty()
                ? List.of(Finding.ok("timeline", "no server is an old primary"))
                : locator.refused().stream()
                        .map(old -> Finding.fault("timeline", old.message(), OLD_PRIMARY))
                        .toList();
    }

    private Finding primary(Connection primary) throws SQLException {
        if (one(primary, "SELECT current_setting('default_transaction_read_only')", row -> row.getBoolean(1))) {
            return Finding.fault(
                    "primary",
                    locator.current().url() + " refuses writes: default_transaction_read_only is on",
                    "Reset it for the database, the user or the server.");
        }
        return one(
                primary,
                "SELECT current_setting('server_version'), pg_database_size(current_database())",
                row -> Finding.ok(
                        "primary",
                        "PostgreSQL " + row.getString(1) + " at "
                                + locator.current().url() + ", " + new ByteCount(row.getLong(2))));
    }

    /** @param due whether a migration is, for which tables are changed and made */
    private static Finding rights(Connection primary, boolean due) throws SQLException {
        String missing = one(primary, """
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
                    WHERE %1$s AND schemaname = current_schema() AND NOT pg_has_role(tableowner, 'USAGE')) lacks""".formatted(due), row -> row.getString(1));
        return missing.isEmpty()
                ? Finding.ok("rights", "this user may read and write the tables")
                : Finding.fault("rights", "this user lacks " + missing, "Grant it, or connect as the tables' owner.");
    }

    private Finding connections(Connection primary) throws SQLException {
        long most = one(primary, """
                SELECT least(current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
                             (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database()),
                             (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user))""", row -> row.getLong(1));
        String found = "each server opens up to " + connections + " connections, and this user may open " + most;
        return connections <= most
                ? Finding.ok("room", found)
                : Finding.warning(
                        "room",
                        found,
                        "Raise max_connections or the user's limit, or lower parley.store.connections; count all servers.");
    }

    private static Finding durability(Connection primary) throws SQLException {
        String off = one(primary, """
                SELECT coalesce(string_agg(name, ' and '), '') FROM pg_settings
                WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'""", row -> row.getString(1));
        return off.isEmpty()
                ? Finding.ok("durability", "commits survive a power cut")
                : Finding.fault(
                        "durability",
                        off + " is off",
                        "A power cut can lose or break the store; switch it on in postgresql.conf.");
    }

    private Finding clock(Connection primary) throws SQLException {
        Instant theirs = one(
                primary,
                "SELECT clock_timestamp()",
                row -> row.getObject(1, OffsetDateTime.class).toInstant());
        Instant ours = clock.instant();
        Duration apart = Duration.between(theirs, ours).abs();
        String found = ours + ", " + apart.toMillis() + " ms from the primary's";
        return apart.compareTo(CLOCK_SLACK) <= 0
                ? Finding.ok("clock", found)
                : Finding.warning("clock", found, "Sessions expire by this machine's clock; keep all of them by NTP.");
    }

    private Finding replica(Connection primary, ReplicaUrl replica) {
        String subject = replica.node().name();
        var connector = new Connector(replica.url(), "any", TIMEOUT);
        try (Connection connection = connector.connect()) {
            Pooling.refuseTransactions(connection, connector::connect);
            if (!one(connection, "SELECT pg_is_in_recovery()", row -> row.getBoolean(1))) {
                if (one(connection, STARTED, row -> row.getString(1))
                        .equals(one(primary, STARTED, row -> row.getString(1)))) {
                    return Finding.warning(
                            subject,
                            "it is the primary now",
                            "Take it out of " + ReplicaUrl.KEY + ", or name a standby there.");
                }
                return Finding.fault(
                        subject,
                        "it does not follow a primary",
                        "Make it a standby again, or take it out of " + ReplicaUrl.KEY + ".");
            }
            if (!one(connection, SYSTEM, row -> row.getString(1))
                    .equals(one(primary, SYSTEM, row -> row.getString(1)))) {
                return Finding.fault(
                        subject, "it belongs to another cluster", "Check its address in " + ReplicaUrl.KEY + ".");
            }
            return lag(subject, primary, connection);
        } catch (SQLException e) {
            return Finding.fault(
                    subject,
                    replica.url() + ": " + PostgresFailure.line(e),
                    PostgresFailure.isOfPooler(e)
                            ? Pooling.ADVICE + "."
                            : "See that the replica runs; until then the others and the primary serve its reads.");
        }
    }

    /** Judged as a server judges it: by the time for which the primary has been further. */
    private Finding lag(String subject, Connection primary, Connection replica) throws SQLException {
        Duration max = lagMax.compareTo(LAG_WAIT_MAX) < 0 ? lagMax : LAG_WAIT_MAX;
        boolean paused = one(replica, "SELECT pg_is_wal_replay_paused()", row -> row.getBoolean(1));
        var course = new LagTracker(Duration.ZERO);
        course.at(
                1,
                one(primary, "SELECT pg_current_wal_flush_lsn() - '0/0'::pg_lsn", row -> row.getLong(1)),
                System.nanoTime());
        long replayed = replayed(replica);
        Duration behind = course.behind(replayed, System.nanoTime());
        while (!behind.isZero() && behind.compareTo(max) <= 0) {
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            replayed = replayed(replica);
            behind = course.behind(replayed, System.nanoTime());
        }
        if (!behind.isZero()) {
            return Finding.warning(
                    subject,
                    "more than " + max.toMillis() + " ms behind the primary, by "
                            + new ByteCount(course.bytesBehind(replayed)) + (paused ? "; its replay is paused" : ""),
                    paused
                            ? RESUME
                            : "See pg_stat_replication on the primary; beyond parley.store.lag-max other nodes serve its reads.");
        }
        return paused
                ? Finding.warning(subject, "follows the primary so far, and its replay is paused", RESUME)
                : Finding.ok(subject, "follows the primary");
    }

    private static long replayed(Connection replica) throws SQLException {
        return one(replica, "SELECT coalesce(pg_last_wal_replay_lsn() - '0/0'::pg_lsn, 0)", row -> row.getLong(1));
    }

    private interface Reading<T> {
        T of(ResultSet row) throws SQLException;
    }

    private static <T> T one(Connection connection, String sql, Reading<T> reading) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return reading.of(row);
        }
    }
}
