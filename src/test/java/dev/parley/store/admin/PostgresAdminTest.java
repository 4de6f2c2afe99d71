package dev.parley.store.admin;

import static dev.parley.contract.Awaited.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.ReadFrom;
import dev.parley.store.postgresql.PostgresCluster;
import dev.parley.store.postgresql.PostgresNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Administration of a PostgreSQL store: the same as of a file, except for backups, which are the cluster's own. */
@Tag("integration")
class PostgresAdminTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    private PostgresCluster cluster;
    private PostgresAdmin admin;

    @BeforeEach
    void begin() {
        cluster = PostgresCluster.shared();
        admin = admin(InstantSource.system());
    }

    @Test
    void aMigrationCreatesTheStoreAndListsWhatItApplied() {
        assertThatExceptionOfType(InvalidConfiguration.class)
                .isThrownBy(admin::refuseMissing)
                .withMessageContaining("parley migrate");

        assertThat(admin.migrate().applied()).isNotEmpty();
        assertThat(admin.migrate().applied()).isEmpty();
        admin.refuseMissing();
        assertThat(admin.bytes()).isPositive();
    }

    @Test
    void aQueryReturnsRows() {
        admin.migrate();

        assertThat(queried("SELECT 1, 'it''s', NULL, '\\x00ff'::bytea WHERE NOT EXISTS (SELECT FROM sessions);", LONG))
                .singleElement()
                .satisfies(row -> assertThat(row).startsWith(1, "it's", null).hasSize(4))
                .satisfies(row -> assertThat(row.get(3)).isEqualTo(new byte[] {0, -1}));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "WITH gone AS (DELETE FROM history RETURNING 1) SELECT * FROM gone",
                "EXPLAIN ANALYZE DELETE FROM history",
                "SELECT set_config('transaction_read_only', 'off', FALSE)",
                "SELECT nextval('sessions_id_seq')",
                "SELECT E'\\'' ; DELETE FROM history; --'",
                "SELECT $$'$$ ; DELETE FROM history; --'",
                "SELECT * FROM no_such_table",
            })
    void aQueryThatWouldChangeSomethingIsRejected(String sql) {
        admin.migrate();
        cluster.primary().ask("INSERT INTO history (single, id) VALUES (1, '\\x00')");

        assertThatExceptionOfType(AdminRefused.class).isThrownBy(() -> queried(sql, LONG));
        assertThat(cluster.primary().ask("SELECT count(*) FROM history")).isEqualTo("1");
    }

    @Test
    void aQueryThatTakesTooLongIsInterrupted() {
        admin.migrate();

        assertThatExceptionOfType(AdminRefused.class)
                .isThrownBy(() -> queried("SELECT count(*) FROM generate_series(1, 1000000000)", Duration.ofMillis(50)))
                .withMessageContaining("50 ms");
    }

    @Test
    void backupAndRestoreNameTheToolsOfPostgresql() {
        assertThatExceptionOfType(AdminRefused.class)
                .isThrownBy(() -> admin.backup(Path.of("parley.dump")))
                .withMessageContaining("pg_dump");
        assertThatExceptionOfType(AdminRefused.class)
                .isThrownBy(() -> admin.restore(Path.of("parley.dump"), false))
                .withMessageContaining("pg_restore");
    }

    /** As in the guide to operations: no position distinguishes a restored database from the one that was dumped. */
    @Test
    void withoutItsRowOfHistoryARestoredDatabaseBeginsANewOne() {
        String before;
        try (PostgresNode parley = PostgresNode.over(cluster)) {
            before = served(parley.database().write(tx -> true)).bookmark();
            assertThat(isReset(parley, before)).isFalse();
        }
        cluster.primary().ask("DELETE FROM history");
        cluster.primary().ask("DELETE FROM timelines");

        try (PostgresNode parley = PostgresNode.over(cluster)) {
            assertThat(isReset(parley, before)).isTrue();
        }
    }

    private PostgresAdmin admin(InstantSource clock) {
        return PostgresNode.admin(PostgresNode.locator(cluster), clock);
    }

    private static boolean isReset(PostgresNode parley, String bookmark) {
        return served(parley.database().read(new ReadFrom.AtLeast(bookmark), node -> true))
                .reset();
    }

    private List<List<@Nullable Object>> queried(String sql, Duration timeMax) {
        var rows = new ArrayList<List<@Nullable Object>>();
        admin.query(new ReadOnlyQuery(sql), timeMax, new ReadOnlyQuery.RowSink() {
            @Override
            public void columns(List<String> names) {}

            @Override
            public boolean row(List<@Nullable Object> values) {
                rows.add(values);
                return true;
            }
        });
        return rows;
    }
}
