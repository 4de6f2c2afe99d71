package dev.parley.store.postgresql;

import static dev.parley.contract.Awaited.served;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.parley.FreePort;
import dev.parley.config.InvalidConfiguration;
import dev.parley.session.Opening.Joined;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.store.SlowLog;
import dev.parley.store.admin.Finding;
import dev.parley.store.admin.Finding.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
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
 * Goal: no write reaches a former primary that is restarted after a failover, whichever servers a node can reach and whether or not the
 * node was restarted. Method: a real pair of servers, the standby promoted, the former primary restarted as it was; a server that a node
 * cannot reach is frozen or not in its settings.
 */
@Tag("slow")
class SplitBrainTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    private PostgresCluster cluster;
    private PostgresServer former;
    private PostgresServer promoted;

    @BeforeEach
    void start() {
        cluster = PostgresCluster.ofTwo();
        former = cluster.primary();
        promoted = cluster.standby();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void aNodeThatIsCutFromTheNewPrimaryDoesNotWriteToTheFormerOne() {
        try (PostgresNode node = PostgresNode.over(cluster)) {
            failOver(node);
            String sessions = sessions(former);

            promoted.freeze();
            await().atMost(LONG)
                    .until(() -> node.database().nodes().get(0).state().equals("former"));
            assertNoWriteIsAccepted(node);
            assertThat(sessions(former)).isEqualTo(sessions);

            promoted.thaw();
            awaitWrite(node);
            assertThat(sessions(former)).isEqualTo(sessions);
        }
    }

    @Test
    void aRestartedNodeThatReachesOnlyTheFormerPrimaryIsRefused() {
        Path seen = folder.resolve("data/timelines.properties");
        try (PostgresNode node = PostgresNode.over(PostgresNode.locator(cluster.url(), copy(), Optional.of(seen)))) {
            failOver(node);
        }
        promoted.freeze();
        former.ask("DELETE FROM cluster_timelines"); // records of other nodes

        assertThatThrownBy(() -> PostgresNode.over(PostgresNode.locator(cluster.url(), copy(), Optional.of(seen))))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining(
                        "127.0.0.1:" + former.port() + " is a former primary: it writes timeline 1, and timeline 2");
    }

    @Test
    void aNewNodeThatReachesBothPrimariesWritesToTheNewOne() {
        failOverUnseen();
        try (PostgresNode node = PostgresNode.over(cluster)) {
            write(node);
        }
        assertThat(sessions(promoted)).isEqualTo("1");
        assertThat(sessions(former)).isEqualTo("0");
    }

    @Test
    void aNodeWithoutKnowledgeLearnsFromTheFormerPrimaryItself() {
        try (PostgresNode node = PostgresNode.over(cluster)) {
            failOver(node);
            awaitRecordOnFormer();
        }
        promoted.freeze();

        assertThatThrownBy(() -> PostgresNode.over(cluster))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("is a former primary");
    }

    @Test
    void aNodeWithoutKnowledgeLearnsFromAStandbyOfTheNewPrimary() throws IOException {
        try (PostgresNode node = PostgresNode.over(cluster)) {
            failOver(node);
        }
        former.ask("DELETE FROM cluster_timelines");
        promoted.stop();
        PostgresServer third = copyOf(promoted, "standby.signal");
        third.with("primary_conninfo = 'host=127.0.0.1 port=" + promoted.port() + " user=postgres'");
        try {
            third.start();
            String replicas = "third@here=" + third.url();
            assertThatThrownBy(() -> PostgresNode.over(former.url(), replicas))
                    .isInstanceOf(InvalidConfiguration.class)
                    .hasMessageContaining("is a former primary");
        } finally {
            third.close();
        }
    }

    /** A copy of the cluster, such as a restored backup, has the same identifier and a newer timeline. */
    @Test
    void aPromotedCopyElsewhereChangesNothing() {
        Path seen = folder.resolve("data/timelines.properties");
        try (PostgresNode production = PostgresNode.over(former.url(), "")) {
            WritingPeer peer = WritingPeer.inNoSession();
            served(peer.open(production));
            await().atMost(LONG).until(() -> sessions(promoted).equals("1"));
            promoted.promote();
            String bookmark;
            try (PostgresNode drill = PostgresNode.over(promoted.url(), "")) {
                bookmark = served(WritingPeer.inNoSession().open(drill)).bookmark();
            }
            PostgresNode.admin(
                            PostgresNode.locator(promoted.url(), "", Optional.of(seen), false, SlowLog.OFF),
                            InstantSource.system())
                    .examine();

            assertThat(seen).as("the file of a command").doesNotExist();
            assertThat(served(peer.read(production, new ReadFrom.AtLeast(bookmark)))
                            .reset())
                    .isTrue();
            assertThat(served(peer.trickle(production)).result().seq()).isEqualTo(2);
        }
        assertThat(former.ask("SELECT max(timeline) FROM cluster_timelines")).isEqualTo("1");
    }

    /** As pg_upgrade leaves them: the tables of a cluster with failovers, in a new one whose timelines count from 1. */
    @Test
    void timelinesOfTheClusterBeforeAnUpgradeRefuseNoPrimary() {
        try (PostgresNode node = PostgresNode.over(cluster)) {
            await().atMost(LONG).until(node::isWhole);
            former.ask("INSERT INTO timelines (timeline, began) VALUES (3, NULL)");
            await().atMost(LONG)
                    .until(() ->
                            promoted.ask("SELECT max(timeline) FROM timelines").equals("3"));

            assertThat(node.servedBy(ReadFrom.ANYWHERE).name()).isEqualTo("copy");
            write(node);
        }
    }

    @Test
    void aTimelineKnownOnlyFromAFileIsNotRecorded() throws IOException {
        PostgresNode.over(cluster).close();
        Path seen = folder.resolve("timelines.properties");
        String system = former.ask("SELECT system_identifier FROM pg_control_system()");
        Files.writeString(seen, system + "=7\n");

        assertThatThrownBy(() -> PostgresNode.over(PostgresNode.locator(cluster.url(), copy(), Optional.of(seen))))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("timeline 7 of its cluster has been observed according to " + seen);
        assertThat(former.ask("SELECT max(timeline) FROM cluster_timelines")).isEqualTo("1");
        try (PostgresNode other = PostgresNode.over(cluster)) {
            write(other);
        }
    }

    @Test
    void aNodeLeavesARunningPrimaryWhenItsReplicaIsPromoted() {
        try (PostgresNode node = PostgresNode.over(cluster)) {
            write(node);
            await().atMost(LONG).until(node::isWhole);
            promoted.promote();

            await().atMost(LONG).until(() -> isWrittenTo(promoted, node));
            assertThatOnlyThePromotedServerGrows(node);
        }
    }

    @Test
    void aNodeLeavesARunningPrimaryWhenAnotherHostIsPromoted() {
        try (PostgresNode node = PostgresNode.over(cluster.url(), "")) {
            write(node);
            await().atMost(LONG).until(() -> sessions(promoted).equals("1"));
            promoted.promote();

            await().atMost(LONG).until(() -> isWrittenTo(promoted, node));
            assertThatOnlyThePromotedServerGrows(node);
        }
    }

    @Test
    void twoPrimariesOnOneTimelineStopTheStart() throws IOException {
        PostgresNode.over(cluster).close();
        promoted.close();
        former.stop();
        PostgresServer twin = copyOf(former, "");
        try {
            former.start();
            twin.start();
            String url =
                    "postgresql://parley:secret@127.0.0.1:%d,127.0.0.1:%d/parley".formatted(former.port(), twin.port());
            assertThatThrownBy(() -> PostgresNode.over(url, ""))
                    .isInstanceOf(InvalidConfiguration.class)
                    .hasMessageContaining("are both primaries on timeline 1");
        } finally {
            twin.close();
        }
    }

    @Test
    void oneServerByTwoNamesIsOnePrimary() {
        String url =
                "postgresql://parley:secret@127.0.0.1:%d,localhost:%d/parley".formatted(former.port(), former.port());
        try (PostgresNode node = PostgresNode.over(url, "")) {
            write(node);
        }
    }

    @Test
    void noWriteGoesToAnotherCluster() {
        try (PostgresCluster other = PostgresCluster.ofTwo()) {
            PostgresNode.over(other).close();
            String url = "postgresql://parley:secret@127.0.0.1:%d,127.0.0.1:%d/parley"
                    .formatted(former.port(), other.primary().port());
            try (PostgresNode node = PostgresNode.over(url, "")) {
                write(node);
                former.kill();
                await().atMost(LONG).until(() -> !node.database().nodes().get(0).serving());
                assertNoWriteIsAccepted(node);
                assertThat(sessions(other.primary())).isEqualTo("0");
            }
        }
    }

    @Test
    void theGuidesStatementsLetAnOperatorKeepTheFormerPrimary() throws IOException {
        try (PostgresNode node = PostgresNode.over(cluster)) {
            failOver(node);
            awaitRecordOnFormer();
        }
        promoted.close();
        assertThatThrownBy(() -> PostgresNode.over(cluster)).isInstanceOf(InvalidConfiguration.class);

        Matcher sql = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("src/site/markdown/failover.md")));
        assertThat(sql.find()).isTrue();
        former.ask(sql.group(1));
        try (PostgresNode node = PostgresNode.over(cluster)) {
            write(node);
        }
    }

    @Test
    void theExaminationNamesTheFormerPrimary() {
        try (PostgresNode node = PostgresNode.over(cluster)) {
            assertThat(timeline()).extracting(Finding::level).containsExactly(Level.OK);
            failOver(node);
            awaitRecordOnFormer();
        }
        assertThat(timeline()).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.FAULT);
            assertThat(finding.found()).contains("127.0.0.1:" + former.port() + " is a former primary");
            assertThat(finding.advice()).isNotBlank();
        });
        promoted.freeze();
        assertThat(timeline()).extracting(Finding::level).containsExactly(Level.FAULT);
    }

    private List<Finding> timeline() {
        return PostgresNode.admin(PostgresNode.locator(cluster), InstantSource.system()).examine().stream()
                .filter(finding -> finding.subject().equals("timeline"))
                .toList();
    }

    /** Kills the primary, promotes the other server, waits for {@code node} to use it, and restarts the former primary as it was. */
    private void failOver(PostgresNode node) {
        await().atMost(LONG).until(node::isWhole);
        former.kill();
        promoted.promote();
        awaitWrite(node);
        former.start();
    }

    /** The same while no node runs. */
    private void failOverUnseen() {
        try (PostgresNode node = PostgresNode.over(cluster)) {
            await().atMost(LONG).until(node::isWhole);
        }
        former.kill();
        promoted.promote();
        former.start();
    }

    /** Waits until a node has recorded the newest timeline on the former primary. */
    private void awaitRecordOnFormer() {
        await().atMost(LONG)
                .until(() -> former.ask("SELECT max(timeline) FROM cluster_timelines")
                        .equals("2"));
    }

    private static void awaitWrite(PostgresNode node) {
        await().atMost(LONG).ignoreException(StoreUnavailable.class).until(() -> write(node) != null);
    }

    private static Served<Joined> write(PostgresNode node) {
        return served(WritingPeer.inNoSession().open(node));
    }

    private static String sessions(PostgresServer server) {
        return server.ask("SELECT count(*) FROM sessions");
    }

    private static void assertNoWriteIsAccepted(PostgresNode node) {
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> write(node)).isInstanceOf(StoreUnavailable.class);
        }
    }

    private static boolean isWrittenTo(PostgresServer server, PostgresNode node) {
        String before = sessions(server);
        try {
            write(node);
        } catch (StoreUnavailable e) {
            return false;
        }
        return !sessions(server).equals(before);
    }

    private void assertThatOnlyThePromotedServerGrows(PostgresNode node) {
        String before = sessions(former);
        for (int i = 0; i < 20; i++) {
            write(node);
        }
        assertThat(sessions(former)).isEqualTo(before);
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
