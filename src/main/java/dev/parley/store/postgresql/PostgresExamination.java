package dev.parley.store.postgresql;

import dev.parley.store.ByteCount;
import dev.parley.store.Finding;
import dev.parley.store.ReplicaUrl;
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
import org.flywaydb.core.Flyway;

/** Looks whether a primary and its replicas are well, one after the other. */
final class PostgresExamination {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CLOCK_SLACK = Duration.ofSeconds(1);

    /** A segment of the log; a replica that follows is behind by less. */
    private static final long LAG_MAX = 16 << 20;

    private static final String OLD_PRIMARY =
            "What was written there since the promotion is not in the cluster; see the guide Failover.";

    private static final String SYSTEM = "SELECT system_identifier FROM pg_control_system()";

    private final PrimaryLocator locator;
    private final List<ReplicaUrl> replicas;
    private final Flyway flyway;
    private final InstantSource clock;
    private final List<Finding> findings = new ArrayList<>();

    PostgresExamination(PrimaryLocator locator, List<ReplicaUrl> replicas, Flyway flyway, InstantSource clock) {
        this.locator = locator;
        this.replicas = replicas;
        this.flyway = flyway;
        this.clock = clock;
    }

    List<Finding> findings() {
        try {
            locator.locate();
        } catch (OldPrimary e) {
            findings.add(Finding.fault("timeline", PostgresFailure.line(e), OLD_PRIMARY));
            return findings;
        } catch (SQLException e) {
            findings.add(unreachable(e));
            return findings;
        }
        try (Connection primary = new Connector(locator.current().url(), "any", TIMEOUT).connect()) {
            findings.add(primary(primary));
            findings.addAll(timelines());
            findings.add(locator.schema(flyway).finding());
            findings.add(rights(primary));
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
                "See that the server runs and lets this user in; check parley.store.url.");
    }

    private List<Finding> timelines() {
        return locator.refused().isEmpty()
                ? List.of(Finding.ok("timeline", "no server is an old primary"))
                : locator.refused().stream()
                        .map(old -> Finding.fault("timeline", old.message(), OLD_PRIMARY))
                        .toList();
    }

    private Finding primary(Connection primary) throws SQLException {
        return one(
                primary,
                "SELECT current_setting('server_version'), pg_database_size(current_database())",
                row -> Finding.ok(
                        "primary",
                        "PostgreSQL " + row.getString(1) + " at "
                                + locator.current().url() + ", " + new ByteCount(row.getLong(2))));
    }

    private static Finding rights(Connection primary) throws SQLException {
        String missing = one(primary, """
                SELECT coalesce(string_agg(privilege || ' on ' || name, ', '), '')
                FROM unnest(ARRAY['sessions', 'events']) name, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) privilege
                WHERE to_regclass(name) IS NOT NULL AND NOT has_table_privilege(name, privilege)""", row -> row.getString(1));
        return missing.isEmpty()
                ? Finding.ok("rights", "this user may read and write the tables")
                : Finding.fault("rights", "this user lacks " + missing, "Grant it, or connect as the tables' owner.");
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
        try (Connection connection = new Connector(replica.url(), "any", TIMEOUT).connect()) {
            long written = one(primary, "SELECT pg_current_wal_flush_lsn() - '0/0'::pg_lsn", row -> row.getLong(1));
            if (!one(connection, "SELECT pg_is_in_recovery()", row -> row.getBoolean(1))) {
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
            long replayed = one(
                    connection, "SELECT coalesce(pg_last_wal_replay_lsn() - '0/0'::pg_lsn, 0)", row -> row.getLong(1));
            String found = new ByteCount(Math.max(0, written - replayed)) + " behind the primary";
            return written - replayed <= LAG_MAX
                    ? Finding.ok(subject, found)
                    : Finding.warning(
                            subject,
                            found,
                            "See pg_stat_replication on the primary; reads go elsewhere beyond parley.store.lag-max.");
        } catch (SQLException e) {
            return Finding.fault(
                    subject,
                    replica.url() + ": " + PostgresFailure.line(e),
                    "See that the replica runs; until then the others and the primary serve its reads.");
        }
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
