package dev.parley.store.postgresql;

import static dev.parley.contract.Awaited.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.parley.FreePort;
import dev.parley.config.InvalidConfiguration;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.ReadFrom;
import dev.parley.store.admin.Finding;
import dev.parley.store.admin.Finding.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: no write reaches an old primary that is restarted after a failover, whichever servers a node can reach and whether or not the
 * node was restarted. Method: a real pair of servers, the standby promoted, the old primary restarted as it was; a server that a node
 * cannot reach is frozen or not in its settings.
 */
@Tag("slow")
class SplitBrainTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    private PostgresCluster cluster;
    private PostgresServer old;
    private PostgresServer promoted;

    @BeforeEach
    void start() {
        cluster = PostgresCluster.ofTwo();
        old = cluster.primary();
        promoted = cluster.standby();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void aNodeThatIsCutFromTheNewPrimaryDoesNotWriteToTheOldOne() {
        try (PostgresNode node = PostgresNode.over(cluster)) {
            failOver(node);
            String sessions = old.ask("SELECT count(*) FROM sessions");

            promoted.freeze();
            await().atMost(LONG)
                    .until(() -> node.database().nodes().get(0).state().equals("old"));
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() -> served(WritingPeer.inNoSession().open(node)))
                        .isInstanceOf(StoreUnavailable.class);
            }
            assertThat(old.ask("SELECT count(*) FROM sessions")).isEqualTo(sessions);

            promoted.thaw();
            awaitWrite(node);
            assertThat(old.ask("SELECT count(*) FROM sessions")).isEqualTo(sessions);
        }
    }

    @Test
    void aRestartedNodeThatReachesOnlyTheOldPrimaryIsRefused() {
        Path seen = folder.resolve("data/timelines.properties");
        try (PostgresNode node =
                PostgresNode.over(PostgresNode.locator(cluster.url(), copy(), Optional.of(seen)), cluster)) {
            failOver(node);
        }
        promoted.freeze();
        old.ask("DELETE FROM cluster_timelines"); // what another node may have left there

        assertThatThrownBy(() ->
                        PostgresNode.over(PostgresNode.locator(cluster.url(), copy(), Optional.of(seen)), cluster))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining(
                        "127.0.0.1:" + old.port() + " is an old primary: it writes timeline 1, and timeline 2");
    }

    @Test
    void aNewNodeThatReachesBothPrimariesWritesToTheNewOne() {
        failOverUnseen();
        try (PostgresNode node = PostgresNode.over(cluster)) {
            served(WritingPeer.inNoSession().open(node));
        }
        assertThat(promoted.ask("SELECT count(*) FROM sessions")).isEqualTo("1");
        assertThat(old.ask("SELECT count(*) FROM sessions")).isEqualTo("0");
    }

    @Test
    void aNodeWithoutKnowledgeLearnsFromTheOldPrimaryItself() {
        try (PostgresNode node = PostgresNode.over(cluster)) {
            failOver(node);
            await().atMost(LONG)
                    .until(() -> old.ask("SELECT max(timeline) FROM cluster_timelines")
                            .equals("2"));
        }
        promoted.freeze();

        assertThatThrownBy(() -> PostgresNode.over(cluster))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("is an old primary");
    }

    @Test
    void aNodeWithoutKnowledgeLearnsFromAStandbyOfTheNewPrimary() throws IOException {
        try (PostgresNode node = PostgresNode.over(cluster)) {
            failOver(node);
        }
        old.ask("DELETE FROM cluster_timelines");
        promoted.stop();
        PostgresServer third = copyOf(promoted, "standby.signal");
        third.with("primary_conninfo = 'host=127.0.0.1 port=" + promoted.port() + " user=postgres'");
        try {
            third.start();
            String replicas = "third@here=" + third.url();
            assertThatThrownBy(() -> PostgresNode.over(old.url(), replicas, Duration.ofSeconds(5)))
                    .isInstanceOf(InvalidConfiguration.class)
                    .hasMessageContaining("is an old primary");
        } finally {
            third.close();
        }
    }

    /** A copy of the cluster, such as a restored backup, has the same identifier and a newer timeline. */
    @Test
    void aPromotedCopyElsewhereChangesNothing() {
        Path seen = folder.resolve("data/timelines.properties");
        try (PostgresNode production = PostgresNode.over(old.url(), "", Duration.ofSeconds(5))) {
            WritingPeer peer = WritingPeer.inNoSession();
            served(peer.open(production));
            await().atMost(LONG)
                    .until(() -> promoted.ask("SELECT count(*) FROM sessions").equals("1"));
            promoted.promote();
            String bookmark;
            try (PostgresNode drill = PostgresNode.over(promoted.url(), "", Duration.ofSeconds(5))) {
                bookmark = served(WritingPeer.inNoSession().open(drill)).bookmark();
            }
            PostgresNode.upkeep(PostgresNode.locator(promoted.url(), "", Optional.of(seen), false))
                    .examine();

            assertThat(seen).as("the file of a command").doesNotExist();
            assertThat(served(peer.read(production, new ReadFrom.AtLeast(bookmark)))
                            .reset())
                    .isTrue();
            assertThat(served(peer.trickle(production)).result().seq()).isEqualTo(2);
        }
        assertThat(old.ask("SELECT max(timeline) FROM cluster_timelines")).isEqualTo("1");
    }

    /** As pg_upgrade leaves them: the tables of a cluster with failovers, in a new one whose timelines count from 1. */
    @Test
    void timelinesOfTheClusterBeforeAnUpgradeRefuseNoPrimary() {
        try (PostgresNode node = PostgresNode.over(cluster)) {
            await().atMost(LONG).until(node::isWhole);
            old.ask("INSERT INTO timelines (timeline, began) VALUES (3, NULL)");
            await().atMost(LONG)
                    .until(() ->
                            promoted.ask("SELECT max(timeline) FROM timelines").equals("3"));

            assertThat(served(node.signaling().checkReadable(ReadFrom.ANYWHERE))
                            .node()
                            .name())
                    .isEqualTo("copy");
            served(WritingPeer.inNoSession().open(node));
        }
    }

    @Test
    void whatOnlyAFileSaysIsNotPassedOn() throws IOException {
        PostgresNode.over(cluster).close();
        Path seen = folder.resolve("timelines.properties");
        String system = old.ask("SELECT system_identifier FROM pg_control_system()");
        Files.writeString(seen, system + "=7\n");

        assertThatThrownBy(() ->
                        PostgresNode.over(PostgresNode.locator(cluster.url(), copy(), Optional.of(seen)), cluster))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("timeline 7 of its cluster has been seen, says " + seen);
        assertThat(old.ask("SELECT max(timeline) FROM cluster_timelines")).isEqualTo("1");
        try (PostgresNode other = PostgresNode.over(cluster)) {
            served(WritingPeer.inNoSession().open(other));
        }
    }

    @Test
    void aNodeLeavesARunningPrimaryWhenItsReplicaIsPromoted() {
        try (PostgresNode node = PostgresNode.over(cluster)) {
            served(WritingPeer.inNoSession().open(node));
            await().atMost(LONG).until(node::isWhole);
            promoted.promote();

            await().atMost(LONG).until(() -> isWrittenTo(promoted, node));
            assertThatOnlyThePromotedServerGrows(node);
        }
    }

    @Test
    void aNodeLeavesARunningPrimaryWhenAnotherHostIsPromoted() {
        try (PostgresNode node = PostgresNode.over(cluster.url(), "", Duration.ofSeconds(5))) {
            served(WritingPeer.inNoSession().open(node));
            await().atMost(LONG)
                    .until(() -> promoted.ask("SELECT count(*) FROM sessions").equals("1"));
            promoted.promote();

            await().atMost(LONG).until(() -> isWrittenTo(promoted, node));
            assertThatOnlyThePromotedServerGrows(node);
        }
    }

    @Test
    void twoPrimariesOnOneTimelineStopTheStart() throws IOException {
        PostgresNode.over(cluster).close();
        promoted.close();
        old.stop();
        PostgresServer twin = copyOf(old, "");
        try {
            old.start();
            twin.start();
            String url =
                    "postgresql://parley:secret@127.0.0.1:%d,127.0.0.1:%d/parley".formatted(old.port(), twin.port());
            assertThatThrownBy(() -> PostgresNode.over(url, "", Duration.ofSeconds(5)))
                    .isInstanceOf(InvalidConfiguration.class)
                    .hasMessageContaining("are both primaries on timeline 1");
        } finally {
            twin.close();
        }
    }

    @Test
    void oneServerByTwoNamesIsOnePrimary() {
        String url = "postgresql://parley:secret@127.0.0.1:%d,localhost:%d/parley".formatted(old.port(), old.port());
        try (PostgresNode node = PostgresNode.over(url, "", Duration.ofSeconds(5))) {
            served(WritingPeer.inNoSession().open(node));
        }
    }

    @Test
    void noWriteGoesToAnotherCluster() {
        try (PostgresCluster other = PostgresCluster.ofTwo()) {
            PostgresNode.over(other).close();
            String url = "postgresql://parley:secret@127.0.0.1:%d,127.0.0.1:%d/parley"
                    .formatted(old.port(), other.primary().port());
            try (PostgresNode node = PostgresNode.over(url, "", Duration.ofSeconds(5))) {
                served(WritingPeer.inNoSession().open(node));
                old.kill();
                await().atMost(LONG).until(() -> !node.database().nodes().get(0).serving());
                for (int i = 0; i < 20; i++) {
                    assertThatThrownBy(() -> served(WritingPeer.inNoSession().open(node)))
                            .isInstanceOf(StoreUnavailable.class);
                }
                assertThat(other.primary().ask("SELECT count(*) FROM sessions")).isEqualTo("0");
            }
        }
    }

    @Test
    void theGuidesStatementsLetAnOperatorKeepTheOldPrimary() throws IOException {
        try (PostgresNode node = PostgresNode.over(cluster)) {
            failOver(node);
            await().atMost(LONG)
                    .until(() -> old.ask("SELECT max(timeline) FROM cluster_timelines")
                            .equals("2"));
        }
        promoted.close();
        assertThatThrownBy(() -> PostgresNode.over(cluster)).isInstanceOf(InvalidConfiguration.class);

        Matcher sql = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("src/site/markdown/failover.md")));
        assertThat(sql.find()).isTrue();
        old.ask(sql.group(1));
        try (PostgresNode node = PostgresNode.over(cluster)) {
            served(WritingPeer.inNoSession().open(node));
        }
    }

    @Test
    void theExaminationNamesTheOldPrimary() {
        try (PostgresNode node = PostgresNode.over(cluster)) {
            assertThat(timeline()).extracting(Finding::level).containsExactly(Level.OK);
            failOver(node);
        }
        assertThat(timeline()).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.FAULT);
            assertThat(finding.found()).contains("127.0.0.1:" + old.port() + " is an old primary");
            assertThat(finding.advice()).isNotBlank();
        });
        promoted.freeze();
        assertThat(timeline()).extracting(Finding::level).containsExactly(Level.FAULT);
    }

    private List<Finding> timeline() {
        return PostgresNode.upkeep(PostgresNode.locator(cluster)).examine().stream()
                .filter(finding -> finding.subject().equals("timeline"))
                .toList();
    }

    /** Kills the primary, promotes the other server, waits for {@code node} to use it, and restarts the old primary as it was. */
    private void failOver(PostgresNode node) {
        await().atMost(LONG).until(node::isWhole);
        old.kill();
        promoted.promote();
        awaitWrite(node);
        old.start();
    }

    /** The same while no node runs. */
    private void failOverUnseen() {
        try (PostgresNode node = PostgresNode.over(cluster)) {
            await().atMost(LONG).until(node::isWhole);
        }
        old.kill();
        promoted.promote();
        old.start();
    }

    private static void awaitWrite(PostgresNode node) {
        await().atMost(LONG)
                .ignoreException(StoreUnavailable.class)
                .until(() -> served(WritingPeer.inNoSession().open(node)) != null);
    }

    private static boolean isWrittenTo(PostgresServer server, PostgresNode node) {
        String before = server.ask("SELECT count(*) FROM sessions");
        try {
            served(WritingPeer.inNoSession().open(node));
        } catch (StoreUnavailable e) {
            return false;
        }
        return !server.ask("SELECT count(*) FROM sessions").equals(before);
    }

    private void assertThatOnlyThePromotedServerGrows(PostgresNode node) {
        String before = old.ask("SELECT count(*) FROM sessions");
        for (int i = 0; i < 20; i++) {
            served(WritingPeer.inNoSession().open(node));
        }
        assertThat(old.ask("SELECT count(*) FROM sessions")).isEqualTo(before);
    }

    private String copy() {
        return "copy@here=" + promoted.url();
    }

    /** @param signal the name of a signal file for the copy, or empty */
    private static PostgresServer copyOf(PostgresServer stopped, String signal) throws IOException {
        var copy = new PostgresServer(stopped.folder().resolveSibling("third"), FreePort.choose(), stopped.database());
        PostgresBinaries.copy(stopped.folder(), copy.folder());
        if (!signal.isEmpty()) {
            Files.createFile(copy.folder().resolve(signal));
        }
        return copy.with("port = " + copy.port());
    }
}
