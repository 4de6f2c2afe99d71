package dev.parley.store.postgresql;

import static dev.parley.contract.Awaited.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.parley.LogCapture;
import dev.parley.config.InvalidConfiguration;
import dev.parley.store.ReadFrom;
import dev.parley.store.admin.Finding;
import dev.parley.store.admin.PostgresAdmin;
import dev.parley.store.postgresql.NotifyingNodes.TestNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pooler that keeps a session for each connection works like the server; any other is refused in one line. */
@Tag("slow")
class PoolerTest {
    @TempDir
    Path folder;

    private final PostgresCluster cluster = PostgresCluster.shared();

    @BeforeEach
    void awaitDatabase() {
        PgBouncer.assumeInstalled();
        // If the server does not have the new database yet, a pooler retries after 15 seconds only.
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptionsInstanceOf(IllegalStateException.class)
                .until(() -> cluster.standby().ask("SELECT 1").equals("1"));
    }

    @Test
    void behindAPoolerInSessionModeANodeServesAndReceivesNotifications() {
        try (PgBouncer pooler = pooler();
                PgBouncer copys = PgBouncer.before(cluster.standby(), folder)) {
            String replicas = "copy@here=" + copys.url(cluster);
            PrimaryLocator locator = PostgresNode.locator(pooler.url(cluster), replicas, Optional.empty());
            TestNode pooled = TestNode.over(PostgresNode.over(locator), locator, Duration.ofHours(1));
            try (var nodes = new NotifyingNodes(TestNode.over(cluster, Duration.ofHours(1)), pooled)) {
                await().until(pooled.parley()::isWhole);
                WritingPeer peer = nodes.opened();
                String bookmark = served(peer.trickle(pooled.parley())).bookmark();
                assertThat(served(peer.read(pooled.parley(), new ReadFrom.AtLeast(bookmark)))
                                .result()
                                .seq())
                        .isEqualTo(2);
                nodes.awaitListening();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"server_round_robin = 0", "server_round_robin = 1"})
    void aPoolerInTransactionModeStopsTheStartInOneLine(String order) {
        try (PgBouncer pooler = pooler("pool_mode = transaction", order)) {
            assertRefused(pooler, "transaction mode", "pool_mode = session");
            assertThat(cluster.primary().ask("SELECT to_regclass('flyway_schema_history') IS NULL"))
                    .isEqualTo("t");
        }
    }

    @Test
    void aPoolerInStatementModeStopsTheStartInOneLine() {
        try (PgBouncer pooler = pooler("pool_mode = statement")) {
            assertRefused(pooler, "statement mode", "pool_mode = session");
        }
    }

    @Test
    void doctorAndMigrateReportThePoolMode() {
        try (PgBouncer pooler = pooler("pool_mode = transaction")) {
            PostgresAdmin admin = PostgresNode.admin(
                    PostgresNode.locator(pooler.url(cluster), "", Optional.empty()), InstantSource.system());

            assertThat(admin.examine()).singleElement().satisfies(finding -> {
                assertThat(finding.level()).isEqualTo(Finding.Level.FAULT);
                assertThat(finding.found()).contains("transaction mode");
                assertThat(finding.advice()).contains("pool_mode = session");
            });
            assertThatThrownBy(admin::migrate)
                    .isInstanceOf(InvalidConfiguration.class)
                    .hasMessageContaining("transaction mode");
            assertThatThrownBy(admin::refuseMissing)
                    .isInstanceOf(InvalidConfiguration.class)
                    .hasMessageContaining("transaction mode");
        }
    }

    @Test
    void aReplicaBehindAPoolerInTransactionModeServesNothingAndTheReasonIsLoggedOnce() {
        try (PgBouncer pooler = PgBouncer.before(cluster.standby(), folder, "pool_mode = transaction");
                LogCapture log = LogCapture.at("dev.parley");
                PostgresNode parley = PostgresNode.over(cluster.url(), "copy@here=" + pooler.url(cluster))) {
            await().until(() -> !log.messages().isEmpty());
            assertThat(served(WritingPeer.inNoSession().open(parley)).node().primary())
                    .isTrue();
            assertThat(parley.isWhole()).isFalse();
            assertThat(log.messages())
                    .singleElement()
                    .asString()
                    .contains("copy is out of service", "transaction mode");
        }
    }

    private PgBouncer pooler(String... settings) {
        return PgBouncer.before(cluster.primary(), folder, settings);
    }

    private void assertRefused(PgBouncer pooler, String... why) {
        assertThatThrownBy(() -> PostgresNode.over(pooler.url(cluster), PostgresNode.copy(cluster))
                        .close())
                .isInstanceOfSatisfying(
                        InvalidConfiguration.class,
                        refusal -> assertThat(refusal.getMessage())
                                .contains("parley.store.url")
                                .contains(why)
                                .doesNotContain("\n"));
    }
}
