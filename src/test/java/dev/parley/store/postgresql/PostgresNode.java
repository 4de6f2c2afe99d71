package dev.parley.store.postgresql;

import static dev.parley.contract.Awaited.served;
import static org.awaitility.Awaitility.await;

import dev.parley.signaling.DefaultLimits;
import dev.parley.signaling.SessionConfig;
import dev.parley.signaling.Signaling;
import dev.parley.signaling.TestSignaling;
import dev.parley.store.Node;
import dev.parley.store.Node.NodeState;
import dev.parley.store.ReadFrom;
import dev.parley.store.ReplicaUrl;
import dev.parley.store.SlowLog;
import dev.parley.store.StoreUrl;
import dev.parley.store.admin.PostgresAdmin;
import dev.parley.store.crypto.EncryptionKeys;
import dev.parley.waiting.TestWaitRegistries;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.flywaydb.core.Flyway;

/**
 * A Parley node without HTTP: the use cases over the engine, except the lists that Panache makes.
 *
 * @param meters count which nodes served reads
 */
public record PostgresNode(PostgresDatabase database, Signaling signaling, SimpleMeterRegistry meters)
        implements AutoCloseable {
    public static final SessionConfig LIMITS = DefaultLimits.living(Duration.ofHours(1), Duration.ofSeconds(10));

    private static final Node PRIMARY = new Node("main", "here", true);
    private static final Duration STATEMENT_MAX = Duration.ofSeconds(2);
    private static final Duration BOOKMARK_WAIT = Duration.ofMillis(250);
    private static final Duration LAG_MAX = Duration.ofSeconds(5);
    private static final int THREADS = 8;
    private static final int QUEUE_MAX = 4_096;

    /** A node over both servers of {@code cluster}, the standby as its replica. */
    public static PostgresNode over(PostgresCluster cluster) {
        return over(locator(cluster));
    }

    /** @param lagMax how far the replica may be behind */
    public static PostgresNode over(PostgresCluster cluster, Duration lagMax) {
        return over(locator(cluster.url(), copy(cluster), lagMax));
    }

    /** @param replicas in the format of parley.store.replicas */
    public static PostgresNode over(String url, String replicas) {
        return over(locator(url, replicas, Optional.empty()));
    }

    /**
     * A node that is soon busy, with a statement timeout that is longer than any lock of a test.
     *
     * @param threads concurrent calls per server
     * @param queueMax waiting calls per server
     */
    static PostgresNode busy(PostgresCluster cluster, int threads, int queueMax) {
        return over(locator(
                cluster.url(),
                copy(cluster),
                Optional.empty(),
                true,
                threads,
                queueMax,
                Duration.ofSeconds(30),
                BOOKMARK_WAIT,
                LAG_MAX,
                SlowLog.OFF));
    }

    /** @param max the limit for a bookmark wait and for a statement */
    static PostgresNode waiting(PostgresCluster cluster, Duration max) {
        return over(locator(
                cluster.url(),
                copy(cluster),
                Optional.empty(),
                true,
                THREADS,
                QUEUE_MAX,
                max,
                max,
                LAG_MAX,
                SlowLog.OFF));
    }

    /** A node in a command. */
    static PostgresNode asCommand(PostgresCluster cluster) {
        return over(locator(cluster.url(), copy(cluster), Optional.empty(), false, SlowLog.OFF));
    }

    /** A node whose primary {@code locator} finds. */
    static PostgresNode over(PrimaryLocator locator) {
        var meters = new SimpleMeterRegistry();
        var random = new SecureRandom();
        Flyway migrations = migrations(locator.settings().url());
        var database = new PostgresDatabase(locator, migrations, random, meters);
        return new PostgresNode(
                database,
                TestSignaling.over(database, TestWaitRegistries.nobodyWaits(), LIMITS, InstantSource.system(), random),
                meters);
    }

    /** A locator for {@code cluster}, without a file. */
    public static PrimaryLocator locator(PostgresCluster cluster) {
        return locator(cluster.url(), copy(cluster), Optional.empty());
    }

    /** @param lagMax how far the replica may be behind */
    public static PrimaryLocator locator(String url, String replicas, Duration lagMax) {
        return locator(
                url,
                replicas,
                Optional.empty(),
                true,
                THREADS,
                QUEUE_MAX,
                STATEMENT_MAX,
                BOOKMARK_WAIT,
                lagMax,
                SlowLog.OFF);
    }

    /** A locator of a server process, which keeps the newest timeline in {@code file}. */
    public static PrimaryLocator locator(String url, String replicas, Optional<Path> file) {
        return locator(url, replicas, file, true, SlowLog.OFF);
    }

    /**
     * @param serving whether the process is a server, or a command
     * @param slow receives the duration of every statement
     */
    static PrimaryLocator locator(String url, String replicas, Optional<Path> file, boolean serving, SlowLog slow) {
        return locator(url, replicas, file, serving, THREADS, QUEUE_MAX, STATEMENT_MAX, BOOKMARK_WAIT, LAG_MAX, slow);
    }

    private static PrimaryLocator locator(
            String url,
            String replicas,
            Optional<Path> file,
            boolean serving,
            int threads,
            int queueMax,
            Duration statementMax,
            Duration bookmarkWait,
            Duration lagMax,
            SlowLog slow) {
        return new PrimaryLocator(new PostgresSettings(
                (StoreUrl.Postgres) StoreUrl.parse(StoreUrl.KEY, url),
                PRIMARY,
                ReplicaUrl.parse(Optional.of(replicas), PRIMARY),
                file,
                serving,
                PRIMARY.region(),
                threads,
                queueMax,
                statementMax,
                bookmarkWait,
                Duration.ofMillis(600),
                lagMax,
                slow));
    }

    /** Administration of the cluster of {@code locator}. */
    public static PostgresAdmin admin(PrimaryLocator locator, InstantSource clock) {
        Flyway migrations = migrations(locator.settings().url());
        return new PostgresAdmin(locator, migrations, () -> EncryptionKeys.EMPTY, clock);
    }

    static String copy(PostgresCluster cluster) {
        return "copy@here=" + cluster.standby().url();
    }

    public static Flyway migrations(StoreUrl.Postgres place) {
        return Flyway.configure()
                .dataSource(
                        place.jdbc() + "?targetServerType=primary&hostRecheckSeconds=0", place.user(), place.password())
                .locations("migrations/postgresql")
                .load();
    }

    /** The node that serves a read from {@code from}. */
    Node servedBy(ReadFrom from) {
        return served(signaling.checkReadable(from)).node();
    }

    /** Waits until the replica shows the state of {@code bookmark}. */
    void awaitReplica(String bookmark) {
        await().until(() ->
                served(signaling.checkReadable(ReadFrom.ANYWHERE)).bookmark().compareTo(bookmark) >= 0);
    }

    /** Whether every replica is in service. */
    public boolean isWhole() {
        return database.nodes().stream().allMatch(NodeState::serving);
    }

    /** The last observed state of the replica. */
    public NodeState replica() {
        List<NodeState> nodes = database.nodes();
        return nodes.get(1);
    }

    @Override
    public void close() {
        database.close();
    }
}
