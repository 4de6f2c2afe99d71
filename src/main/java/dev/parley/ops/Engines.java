package dev.parley.ops;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.Database;
import dev.parley.store.Node;
import dev.parley.store.ReplicaUrl;
import dev.parley.store.SlowLog;
import dev.parley.store.StoreUrl;
import dev.parley.store.admin.PostgresAdmin;
import dev.parley.store.admin.SqliteAdmin;
import dev.parley.store.admin.StoreAdmin;
import dev.parley.store.crypto.PayloadEncryption;
import dev.parley.store.postgresql.ChosenNode;
import dev.parley.store.postgresql.PostgresDatabase;
import dev.parley.store.postgresql.PostgresNotifications;
import dev.parley.store.postgresql.PostgresSessions;
import dev.parley.store.postgresql.PrimaryLocator;
import dev.parley.store.sqlite.SqliteDatabase;
import dev.parley.store.sqlite.SqliteSessions;
import dev.parley.waiting.NodeNotifications;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.flyway.FlywayDataSource;
import io.quarkus.hibernate.orm.PersistenceUnitExtension;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/** Opens the engine that {@code parley.store.url} names. What belongs to the other one is inactive and is not touched. */
@Singleton
@SuppressWarnings("NullAway.Init") // the container fills the fields
public class Engines {
    private static final String PRIMARY = "primary";
    private static final String SIZE_MAX = "parley.store.size-max";
    private static final long SIZE_LEAST = 1 << 20;
    /** Of a server over PostgreSQL: its probe, its listener and sender of notices, and the migration at the start. */
    private static final int OTHER_CONNECTIONS = 5;

    private static final String SLOW = "parley.log.slow";
    private static final Duration SLOW_LEAST = Duration.ofMillis(1);
    private static final Duration SLOW_MOST = Duration.ofHours(1);

    @Inject
    ParleyConfig config;

    @Inject
    SecureRandom random;

    @Inject
    InstantSource clock;

    @Inject
    Instance<PayloadEncryption> secrecy;

    @Inject
    MeterRegistry meters;

    @Inject
    @FlywayDataSource("sqlite-owner")
    Instance<Flyway> sqliteMigrations;

    @Inject
    SqliteSessions sqliteSessions;

    @Inject
    @FlywayDataSource("postgresql")
    Instance<Flyway> postgresMigrations;

    @Inject
    PostgresSessions postgresSessions;

    @Inject
    @PersistenceUnitExtension("postgresql")
    ChosenNode chosenNode;

    /** Whether this process is a server, or a command beside it. */
    @ConfigProperty(name = Wiring.SERVING, defaultValue = "true")
    boolean isServer;

    private @Nullable PrimaryLocator locator;

    Database open(StoreUrl url) {
        return url instanceof StoreUrl.Postgres cluster ? postgres(cluster) : sqlite((StoreUrl.Sqlite) url);
    }

    /** The other nodes; an SQLite store has one server, and nobody waits at a command. */
    NodeNotifications neighbours(StoreUrl url) {
        return isServer && url instanceof StoreUrl.Postgres cluster
                ? new PostgresNotifications(locator(cluster), config.store().statementTimeout(), random)
                : NodeNotifications.NONE;
    }

    /** What an operator does to the store; opens nothing yet. */
    StoreAdmin upkeep(StoreUrl url) {
        if (url instanceof StoreUrl.Postgres cluster) {
            return new PostgresAdmin(new PostgresAdmin.Settings(
                    locator(cluster),
                    replicas(),
                    postgresMigrations.get(),
                    secrecy::get,
                    config.store().lagMax(),
                    config.store().connections() + config.store().scanThreads() + OTHER_CONNECTIONS,
                    clock));
        }
        Path file = ((StoreUrl.Sqlite) url).path();
        return new SqliteAdmin(
                file, config.store().busyTimeout(), bytesMax(), sqliteMigrations.get(), secrecy::get, random, clock);
    }

    /** Refuses settings of the store with which a server does not start; opens nothing. */
    void refuseUnusable(StoreUrl url) {
        if (url instanceof StoreUrl.Postgres cluster) {
            settings(cluster);
        } else {
            settings((StoreUrl.Sqlite) url);
        }
    }

    private Database sqlite(StoreUrl.Sqlite file) {
        return new SqliteDatabase(
                settings(file), sqliteMigrations.get(), sqliteSessions, secrecy.get(), random, meters);
    }

    private SqliteDatabase.Settings settings(StoreUrl.Sqlite file) {
        ParleyConfig.Store store = config.store();
        store.replicas().ifPresent(replicas -> {
            throw new InvalidConfiguration(
                    ReplicaUrl.KEY + ": an SQLite store is one file and has none; remove the setting.");
        });
        return new SqliteDatabase.Settings(
                file.path(),
                isServer,
                store.busyTimeout(),
                bytesMax(),
                store.queue(),
                store.batch(),
                store.scanThreads(),
                store.scanQueue(),
                slowLog(),
                new Node(config.node().name(), config.node().region(), true));
    }

    private SlowLog slowLog() {
        String slow = config.log().slow();
        if (slow.equals("off")) {
            return SlowLog.OFF;
        }
        try {
            Duration threshold = DurationConverter.parseDuration(slow);
            if (threshold.compareTo(SLOW_LEAST) >= 0 && threshold.compareTo(SLOW_MOST) <= 0) {
                return new SlowLog(threshold);
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new InvalidConfiguration(
                SLOW + ": \"" + slow + "\" is neither a time from 1 ms to 1 h, such as 100ms, nor off.");
    }

    private Node primary() {
        return config.store()
                .primary()
                .map(ReplicaUrl::primary)
                .orElseGet(() -> new Node(PRIMARY, config.node().region(), true));
    }

    private List<ReplicaUrl> replicas() {
        return ReplicaUrl.parse(config.store().replicas(), primary());
    }

    /** One for all that works with the cluster: what one of them has seen, the others know. */
    private synchronized PrimaryLocator locator(StoreUrl.Postgres url) {
        if (locator == null) {
            Optional<Path> seen = config.store().timelinesFile().map(Engines::path);
            locator = new PrimaryLocator(
                    url, primary(), replicas(), config.store().statementTimeout(), seen, isServer);
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

    private long bytesMax() {
        long bytesMax = config.store().sizeMax().map(MemorySize::asLongValue).orElse(Long.MAX_VALUE);
        if (bytesMax < SIZE_LEAST) {
            throw new InvalidConfiguration(SIZE_MAX + ": it must be at least 1M.");
        }
        return bytesMax;
    }

    private Database postgres(StoreUrl.Postgres url) {
        return new PostgresDatabase(
                settings(url), postgresMigrations.get(), postgresSessions, chosenNode, secrecy.get(), random, meters);
    }

    private PostgresDatabase.Settings settings(StoreUrl.Postgres url) {
        ParleyConfig.Store store = config.store();
        store.sizeMax().ifPresent(size -> {
            throw new InvalidConfiguration(SIZE_MAX + ": it bounds an SQLite store's file; remove the setting.");
        });
        String region = config.node().region();
        return new PostgresDatabase.Settings(
                locator(url),
                isServer,
                replicas(),
                region,
                store.connections(),
                store.scanThreads(),
                store.queue(),
                store.scanQueue(),
                store.statementTimeout(),
                store.bookmarkWait(),
                store.probeInterval(),
                store.silenceMax(),
                store.lagMax(),
                slowLog());
    }
}
