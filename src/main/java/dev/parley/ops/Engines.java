package dev.parley.ops;

import dev.parley.store.Database;
import dev.parley.store.Node;
import dev.parley.store.ReplicaUrl;
import dev.parley.store.StartRefused;
import dev.parley.store.StoreUrl;
import dev.parley.store.postgresql.ChosenNode;
import dev.parley.store.postgresql.PostgresDatabase;
import dev.parley.store.postgresql.PostgresSessions;
import dev.parley.store.sqlite.SqliteDatabase;
import dev.parley.store.sqlite.SqliteSessions;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.flyway.FlywayDataSource;
import io.quarkus.hibernate.orm.PersistenceUnitExtension;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import org.flywaydb.core.Flyway;

/** Opens the engine that {@code parley.store.url} names. What belongs to the other one is inactive and is not touched. */
@Singleton
@SuppressWarnings("NullAway.Init") // the container fills the fields
public class Engines {
    private static final String PRIMARY = "primary";
    private static final String SIZE_MAX = "parley.store.size-max";
    private static final long SIZE_LEAST = 1 << 20;

    @Inject
    ParleyConfig config;

    @Inject
    SecureRandom random;

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

    Database open(StoreUrl url) {
        return url instanceof StoreUrl.Postgres cluster ? postgres(cluster) : sqlite((StoreUrl.Sqlite) url);
    }

    private Database sqlite(StoreUrl.Sqlite file) {
        ParleyConfig.Store store = config.store();
        store.replicas().ifPresent(replicas -> {
            throw new StartRefused(ReplicaUrl.KEY + ": an SQLite store is one file and has none; remove the setting.");
        });
        var settings = new SqliteDatabase.Settings(
                file.path(),
                store.busyTimeout(),
                bytesMax(),
                store.queue(),
                store.batch(),
                store.scanThreads(),
                store.scanQueue(),
                new Node(config.node().name(), config.node().region(), true));
        return new SqliteDatabase(settings, sqliteMigrations.get(), sqliteSessions, random);
    }

    private long bytesMax() {
        long bytesMax = config.store().sizeMax().map(MemorySize::asLongValue).orElse(Long.MAX_VALUE);
        if (bytesMax < SIZE_LEAST) {
            throw new StartRefused(SIZE_MAX + ": it must be at least 1M.");
        }
        return bytesMax;
    }

    private Database postgres(StoreUrl.Postgres url) {
        ParleyConfig.Store store = config.store();
        store.sizeMax().ifPresent(size -> {
            throw new StartRefused(SIZE_MAX + ": it bounds an SQLite store's file; remove the setting.");
        });
        String region = config.node().region();
        Node primary = store.primary().map(ReplicaUrl::primary).orElseGet(() -> new Node(PRIMARY, region, true));
        var settings = new PostgresDatabase.Settings(
                url,
                primary,
                ReplicaUrl.parse(store.replicas(), primary),
                region,
                store.connections(),
                store.scanThreads(),
                store.queue(),
                store.scanQueue(),
                store.statementTimeout(),
                store.bookmarkWait(),
                store.probeInterval(),
                store.silenceMax(),
                store.lagMax());
        return new PostgresDatabase(settings, postgresMigrations.get(), postgresSessions, chosenNode, random, meters);
    }
}
