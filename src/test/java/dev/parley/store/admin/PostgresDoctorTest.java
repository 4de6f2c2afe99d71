package dev.parley.store.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.parley.contract.StoredSessions;
import dev.parley.store.admin.Finding.Level;
import dev.parley.store.crypto.Keys;
import dev.parley.store.postgresql.PostgresCluster;
import dev.parley.store.postgresql.PostgresNode;
import dev.parley.store.sql.EncryptionCheck;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An examination of a cluster reports each failure of the primary or a replica. */
@Tag("integration")
class PostgresDoctorTest extends DoctorContract {
    private static final Duration LAG_MAX = Duration.ofMillis(300);

    /** Breaks a cluster and examines it. */
    private interface Case {
        List<Finding> examine(PostgresCluster cluster);
    }

    /** By the subject of the finding that is not OK. */
    private static final Map<String, Case> CASES = new TreeMap<>(Map.of(
            "primary", cluster -> examination(cluster, "postgresql://127.0.0.1:1/parley", InstantSource.system()),
            "schema", PostgresDoctorTest::changedByHand,
            "rights", cluster -> after(cluster, "REVOKE INSERT ON events FROM parley"),
            "encryption", PostgresDoctorTest::withoutItsKey,
            "rows", cluster -> after(cluster, "UPDATE events SET payload = payload || '!'::bytea"),
            "room",
                    cluster ->
                            after(cluster, "ALTER DATABASE " + cluster.primary().database() + " CONNECTION LIMIT 5"),
            "durability", PostgresDoctorTest::withoutFullPageWrites,
            "clock",
                    cluster -> examination(
                            cluster, cluster.url(), () -> Instant.now().plusSeconds(60)),
            "copy", PostgresDoctorTest::withReplayPaused));

    private PostgresCluster cluster;

    @BeforeEach
    void begin() {
        cluster = PostgresCluster.shared();
    }

    static Set<String> subjects() {
        return CASES.keySet();
    }

    @Override
    List<Finding> examineHealthy() {
        fill();
        return examined(cluster);
    }

    @Override
    List<Finding> examineBroken(String subject) {
        return Objects.requireNonNull(CASES.get(subject)).examine(cluster);
    }

    @Override
    List<String> testedElsewhere() {
        return List.of("timeline");
    }

    @Test
    @Override
    void everyCheckHasACaseInWhichItFails() {
        assertCovered(CASES.keySet());
    }

    /** Both measure the lag in time, not in bytes. */
    @Test
    void aReplicaLagsWhenAServerTakesItOutOfService() {
        fill();
        try (PostgresNode parley = PostgresNode.over(cluster, LAG_MAX)) {
            cluster.standby().pauseReplay();
            cluster.primary().ask("UPDATE events SET seq = seq");

            Finding copy = finding(examined(cluster), "copy");

            assertThat(copy.level()).isEqualTo(Level.WARNING);
            assertThat(copy.found()).contains("more than 300 ms behind", "its replay is paused");
            assertThat(copy.advice()).contains("pg_wal_replay_resume");
            assertThat(parley.replica().serving()).isFalse();
        } finally {
            cluster.standby().resumeReplay();
        }
    }

    @Test
    void aDueMigrationNeedsTheOwnerOfTheTables() {
        assertThat(level(examined(cluster), "schema")).isEqualTo(Level.WARNING);
        assertThat(level(examined(cluster), "rights")).isEqualTo(Level.OK);
        cluster.primary().ask("ALTER SCHEMA public OWNER TO postgres");
        cluster.primary().ask("REVOKE CREATE ON SCHEMA public FROM PUBLIC");

        Finding rights = finding(examined(cluster), "rights");

        assertThat(rights.level()).isEqualTo(Level.FAULT);
        assertThat(rights.found()).contains("CREATE on the schema public");
    }

    @Test
    void aReadOnlyPrimaryIsAFault() {
        fill();
        cluster.primary()
                .ask("ALTER DATABASE " + cluster.primary().database() + " SET default_transaction_read_only = on");

        Finding primary = finding(examined(cluster), "primary");

        assertThat(primary.level()).isEqualTo(Level.FAULT);
        assertThat(primary.found()).contains("default_transaction_read_only");
    }

    private static List<Finding> after(PostgresCluster cluster, String sql) {
        cluster.primary().ask(sql);
        return examined(cluster);
    }

    private static List<Finding> changedByHand(PostgresCluster cluster) {
        return after(cluster, "UPDATE flyway_schema_history SET checksum = checksum + 1");
    }

    private static List<Finding> withoutItsKey(PostgresCluster cluster) {
        cluster.primary().ask("TRUNCATE sessions CASCADE"); // a store is encrypted from its first session on
        try (PostgresNode node = PostgresNode.over(cluster)) {
            EncryptionCheck.codec(node.database(), Keys.ring("k"), true, new SecureRandom(), Instant.now());
        }
        return examined(cluster);
    }

    private static List<Finding> withoutFullPageWrites(PostgresCluster cluster) {
        try {
            cluster.primary().ask("ALTER SYSTEM SET full_page_writes = off");
            cluster.primary().ask("SELECT pg_reload_conf()");
            await().until(() -> cluster.primary().ask("SHOW full_page_writes").equals("off"));
            return examined(cluster);
        } finally {
            cluster.primary().ask("ALTER SYSTEM RESET full_page_writes");
            cluster.primary().ask("SELECT pg_reload_conf()");
        }
    }

    private static List<Finding> withReplayPaused(PostgresCluster cluster) {
        try {
            cluster.standby().pauseReplay();
            return examined(cluster);
        } finally {
            cluster.standby().resumeReplay();
        }
    }

    private void fill() {
        try (PostgresNode parley = PostgresNode.over(cluster)) {
            StoredSessions.open(parley.database(), Instant.now(), "one", "two");
        }
    }

    private static List<Finding> examined(PostgresCluster cluster) {
        return examination(cluster, cluster.url(), InstantSource.system());
    }

    private static List<Finding> examination(PostgresCluster cluster, String url, InstantSource clock) {
        String copy = "copy@here=" + cluster.standby().url();
        return PostgresNode.admin(PostgresNode.locator(url, copy, LAG_MAX), clock)
                .examine();
    }
}
