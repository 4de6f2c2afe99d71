package dev.parley.ops;

import dev.parley.config.InvalidConfiguration;
import dev.parley.signaling.Limits;
import dev.parley.signaling.SessionConfig;
import dev.parley.store.Database;
import dev.parley.store.Node;
import dev.parley.store.ReplicaUrl;
import dev.parley.store.SlowLog;
import dev.parley.store.StoreConfig;
import dev.parley.store.StoreUrl;
import dev.parley.store.admin.PostgresAdmin;
import dev.parley.store.admin.SqliteAdmin;
import dev.parley.store.admin.StoreAdmin;
import dev.parley.store.crypto.EncryptionConfig;
import dev.parley.store.crypto.EncryptionKeys;
import dev.parley.store.postgresql.PostgresDatabase;
import dev.parley.store.postgresql.PostgresNotifications;
import dev.parley.store.postgresql.PostgresSessions;
import dev.parley.store.postgresql.PostgresSettings;
import dev.parley.store.postgresql.PrimaryLocator;
import dev.parley.store.sql.Discovery;
import dev.parley.store.sql.EncryptionCheck;
import dev.parley.store.sql.Schema;
import dev.parley.store.sql.SessionStore;
import dev.parley.store.sqlite.SqliteDatabase;
import dev.parley.store.sqlite.SqliteFile;
import dev.parley.store.sqlite.SqliteSessions;
import dev.parley.waiting.NodeNotifications;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.flyway.FlywayDataSource;
import io.quarkus.hibernate.orm.PersistenceUnitExtension;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.flywaydb.core.Flyway;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Produces the beans of the engine that {@code parley.store.url} selects. Those of the other engine are inactive. */
@Singleton
public class Engines {
    private static final Logger LOG = Logger.getLogger("parley");
    private static final String SIZE_MAX = "parley.store.size-max";
    private static final long SIZE_MIN = 1 << 20;

    /** Calls that may wait for a node; on SQLite, writes that may wait for the writer. Further ones get 503. */
    private static final int QUEUE_MAX = 4_096;
    /** SQLite: writes that share one commit. */
    private static final int BATCH_MAX = 256;

    private final StoreConfig config;
    private final boolean server;
    private final InstantSource clock;
    private final SecureRandom random;
    private @Nullable PrimaryLocator locator;
    private volatile boolean started;

    public Engines(
            StoreConfig config,
            @ConfigProperty(name = DerivedSettings.SERVER, defaultValue = "true") boolean server,
            InstantSource clock,
            SecureRandom random) {
        this.config = config;
        this.server = server;
        this.clock = clock;
        this.random = random;
    }

    @Produces
    @Singleton
    Database database(
            @FlywayDataSource("sqlite-owner") Instance<Flyway> sqlite,
            @FlywayDataSource("postgresql") Instance<Flyway> postgres,
            EncryptionKeys keys,
            MeterRegistry meters) {
        return url() instanceof StoreUrl.Postgres cluster
                ? new PostgresDatabase(locator(cluster), postgres.get(), random, meters)
                : new SqliteDatabase(settings((StoreUrl.Sqlite) url()), sqlite.get(), !keys.isEmpty(), random, meters);
    }

    void close(@Disposes Database database) {
        database.close();
        if (started) {
            LOG.info("Stopped; all accepted writes are committed, and the store is closed");
        }
    }

    /** The start is complete, so the stop will be logged. */
    void started() {
        started = true;
    }

    /** Notifications between nodes. An SQLite store has one server, and nothing waits in a command. */
    @Produces
    @Singleton
    NodeNotifications notifications() {
        return server && url() instanceof StoreUrl.Postgres cluster
                ? new PostgresNotifications(locator(cluster), random)
                : NodeNotifications.NONE;
    }

    void close(@Disposes NodeNotifications notifications) {
        notifications.close();
    }

    /** Opens nothing before it is used. */
    @Produces
    @Singleton
    StoreAdmin admin(
            @FlywayDataSource("sqlite-owner") Instance<Flyway> sqlite,
            @FlywayDataSource("postgresql") Instance<Flyway> postgres,
            Instance<EncryptionKeys> keys) {
        return url() instanceof StoreUrl.Postgres cluster
                ? new PostgresAdmin(locator(cluster), postgres.get(), keys::get, clock)
                : new SqliteAdmin(
                        SqliteFile.configured(((StoreUrl.Sqlite) url()).path(), config.busyTimeout()),
                        new Schema(sqlite.get()),
                        bytesMax(),
                        keys::get,
                        random,
                        clock);
    }

    @Produces
    @Singleton
    EncryptionKeys encryptionKeys(EncryptionConfig config) {
        return EncryptionKeys.configured(config);
    }

    /** Checks the encryption keys, before anything else uses the store. */
    @Produces
    @Singleton
    SessionStore sessions(Database database, EncryptionKeys keys, SessionConfig limits) {
        return new SessionStore(
                EncryptionCheck.codec(database, keys, server, random, clock.instant()), Limits.quota(limits));
    }

    @Produces
    @Singleton
    Discovery discovery(
            SqliteSessions sqlite,
            PostgresSessions postgres,
            @PersistenceUnitExtension("postgresql") Discovery.WorkConnection connection) {
        return new Discovery(url() instanceof StoreUrl.Postgres ? postgres : sqlite, connection);
    }

    /** @throws InvalidConfiguration if a setting of the store would stop the start of a server; opens nothing */
    void check() {
        if (url() instanceof StoreUrl.Postgres cluster) {
            settings(cluster);
        } else {
            settings((StoreUrl.Sqlite) url());
        }
    }

    private StoreUrl url() {
        return StoreUrl.parse(StoreUrl.KEY, config.url());
    }

    private SqliteDatabase.Settings settings(StoreUrl.Sqlite file) {
        config.replicas().ifPresent(replicas -> {
            throw new InvalidConfiguration(ReplicaUrl.KEY + ": an SQLite store has no replicas; remove the setting.");
        });
        return new SqliteDatabase.Settings(
                file.path(),
                server,
                config.busyTimeout(),
                bytesMax(),
                QUEUE_MAX,
                BATCH_MAX,
                slowLog(),
                new Node(config.nodeName(), config.nodeRegion(), true));
    }

    private PostgresSettings settings(StoreUrl.Postgres cluster) {
        config.sizeMax().ifPresent(size -> {
            throw new InvalidConfiguration(SIZE_MAX + ": limits the file of an SQLite store; remove the setting.");
        });
        return new PostgresSettings(
                cluster,
                primary(),
                replicas(),
                config.timelinesFile().map(Engines::path),
                server,
                config.nodeRegion(),
                config.connections(),
                QUEUE_MAX,
                config.statementTimeout(),
                config.bookmarkWait(),
                config.silenceMax(),
                config.lagMax(),
                slowLog());
    }

    private long bytesMax() {
        long bytesMax = config.sizeMax().map(MemorySize::asLongValue).orElse(Long.MAX_VALUE);
        if (bytesMax < SIZE_MIN) {
            throw new InvalidConfiguration(SIZE_MAX + ": must be at least 1M.");
        }
        return bytesMax;
    }

    private SlowLog slowLog() {
        return config.slowThreshold().map(SlowLog::new).orElse(SlowLog.OFF);
    }

    private Node primary() {
        return config.primary()
                .map(ReplicaUrl::primary)
                .orElseGet(() -> new Node("primary", config.nodeRegion(), true));
    }

    private List<ReplicaUrl> replicas() {
        return ReplicaUrl.parse(config.replicas(), primary());
    }

    /** Shared by all users of the cluster, so that each knows the timelines that the others have seen. */
    private synchronized PrimaryLocator locator(StoreUrl.Postgres cluster) {
        if (locator == null) {
            locator = new PrimaryLocator(settings(cluster));
        }
        return locator;
    }

    private static Path path(String file) {
        try {
            return Path.of(file);
        } catch (InvalidPathException e) {
            throw new InvalidConfiguration("parley.store.timelines-file: \"" + file + "\" is not a path.");
        }
    }
}
