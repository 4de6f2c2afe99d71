package dev.parley.store.postgresql;

import dev.parley.signaling.DefaultLimits;
import dev.parley.signaling.SessionConfig;
import dev.parley.signaling.Signaling;
import dev.parley.signaling.TestSignaling;
import dev.parley.store.Node;
import dev.parley.store.Node.NodeState;
import dev.parley.store.ReplicaUrl;
import dev.parley.store.SlowLog;
import dev.parley.store.StoreUrl;
import dev.parley.store.admin.PostgresAdmin;
import dev.parley.store.admin.PostgresStore;
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
    private static final Node PRIMARY = new Node("main", "here", true);
    private static final Duration TTL = Duration.ofHours(1);
    public static final SessionConfig LIMITS = DefaultLimits.living(TTL, Duration.ofSeconds(10));

    /** Limits for a statement and for the wait for a bookmark. */
    private record Patience(Duration statement, Duration bookmark) {
        static final Patience USUAL = new Patience(Duration.ofSeconds(2), Duration.ofMillis(250));

        /** Longer than any lock of a test, on a slow machine too. */
        static final Patience LONG = new Patience(Duration.ofSeconds(30), Duration.ofMillis(250));
    }

    /** A node over both servers of {@code cluster}, the standby as its replica. */
    public static PostgresNode over(PostgresCluster cluster) {
        return over(cluster, Duration.ofSeconds(5));
    }

    /** @param lagMax how far the replica may be behind */
    public static PostgresNode over(PostgresCluster cluster, Duration lagMax) {
        return over(cluster.url(), copy(cluster), lagMax);
    }

    /**
     * A node that is soon busy, with a long statement timeout.
     *
     * @param threads concurrent calls per server
     * @param queueMax waiting calls per server
     */
    static PostgresNode busy(PostgresCluster cluster, int threads, int queueMax) {
        return over(cluster.url(), copy(cluster), threads, queueMax, Duration.ofSeconds(5), Patience.LONG);
    }

    /** @param replicas in the format of parley.store.replicas */
    public static PostgresNode over(String url, String replicas, Duration lagMax) {
        return over(url, replicas, 8, 4_096, lagMax, Patience.USUAL);
    }

    /** @param max the limit for a bookmark wait and for a statement */
    static PostgresNode waiting(PostgresCluster cluster, Duration max) {
        return over(cluster.url(), copy(cluster), 8, 4_096, Duration.ofSeconds(5), new Patience(max, max));
    }

    /** A node whose primary {@code locator} finds, with the standby as its replica. */
    static PostgresNode over(PrimaryLocator locator, PostgresCluster cluster) {
        return over(locator, copy(cluster), SlowLog.OFF);
    }

    /** @param slow receives the duration of every statement */
    static PostgresNode over(PrimaryLocator locator, String replicas, SlowLog slow) {
        return over(locator, replicas, 8, 4_096, Duration.ofSeconds(5), Patience.USUAL, slow);
    }

    /** A locator for {@code cluster}, without a file. */
    public static PrimaryLocator locator(PostgresCluster cluster) {
        return locator(cluster.url(), copy(cluster), Optional.empty());
    }

    /** A locator of a server process, which keeps the newest timeline in {@code seenFile}. */
    public static PrimaryLocator locator(String url, String replicas, Optional<Path> seenFile) {
        return locator(url, replicas, seenFile, true);
    }

    /** @param serving whether the process is a server, or a command */
    static PrimaryLocator locator(String url, String replicas, Optional<Path> seenFile, boolean serving) {
        return new PrimaryLocator(
                (StoreUrl.Postgres) StoreUrl.parse(StoreUrl.KEY, url),
                PRIMARY,
                ReplicaUrl.parse(Optional.of(replicas), PRIMARY),
                Patience.USUAL.statement,
                seenFile,
                serving);
    }

    /** A node in a command. */
    static PostgresNode asCommand(PostgresCluster cluster) {
        return over(
                locator(cluster), copy(cluster), false, 8, 4_096, Duration.ofSeconds(5), Patience.USUAL, SlowLog.OFF);
    }

    private static PostgresNode over(
            String url, String replicas, int threads, int queueMax, Duration lagMax, Patience patience) {
        return over(
                locator(url, replicas, Optional.empty()), replicas, threads, queueMax, lagMax, patience, SlowLog.OFF);
    }

    private static PostgresNode over(
            PrimaryLocator locator,
            String replicas,
            int threads,
            int queueMax,
            Duration lagMax,
            Patience patience,
            SlowLog slow) {
        return over(locator, replicas, true, threads, queueMax, lagMax, patience, slow);
    }

    private static PostgresNode over(
            PrimaryLocator locator,
            String replicas,
            boolean serving,
            int threads,
            int queueMax,
            Duration lagMax,
            Patience patience,
            SlowLog slow) {
        var settings = new PostgresSettings(
                locator,
                serving,
                ReplicaUrl.parse(Optional.of(replicas), PRIMARY),
                "here",
                threads,
                2,
                queueMax,
                256,
                patience.statement,
                patience.bookmark,
                Duration.ofMillis(100),
                Duration.ofMillis(600),
                lagMax,
                slow);
        var meters = new SimpleMeterRegistry();
        var random = new SecureRandom();
        var database = new PostgresDatabase(settings, migrations(locator.url()), random, meters);
        return new PostgresNode(
                database,
                TestSignaling.over(database, TestWaitRegistries.nobodyWaits(), LIMITS, InstantSource.system(), random),
                meters);
    }

    /** Administration of the cluster of {@code locator}, without replicas. */
    static PostgresAdmin upkeep(PrimaryLocator locator) {
        return new PostgresAdmin(new PostgresStore(
                locator,
                List.of(),
                migrations(locator.url()),
                () -> EncryptionKeys.EMPTY,
                Duration.ofSeconds(5),
                16,
                InstantSource.system()));
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
