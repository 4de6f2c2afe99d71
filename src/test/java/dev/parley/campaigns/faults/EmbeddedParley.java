package dev.parley.campaigns.faults;

import dev.parley.signaling.Signaling;
import dev.parley.signaling.TestSignaling;
import dev.parley.store.Node;
import dev.parley.store.SlowLog;
import dev.parley.store.postgresql.PostgresNode;
import dev.parley.store.sqlite.SqliteDatabase;
import dev.parley.waiting.TestWaitRegistries;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import org.flywaydb.core.Flyway;

/** The use cases over one SQLite file in this process, without HTTP. */
record EmbeddedParley(SqliteDatabase database, Signaling signaling) implements AutoCloseable {
    /** @throws dev.parley.config.InvalidConfiguration if the file cannot be used */
    static EmbeddedParley on(Path file, InstantSource clock) {
        var random = new SecureRandom();
        var settings = new SqliteDatabase.Settings(
                file,
                true,
                Duration.ofSeconds(2),
                Long.MAX_VALUE,
                4_096,
                256,
                SlowLog.OFF,
                new Node("local", "local", true));
        Flyway migrations = Flyway.configure()
                .dataSource("jdbc:sqlite:" + file, null, null)
                .locations("migrations/sqlite")
                .load();
        var database = new SqliteDatabase(settings, migrations, false, random, new SimpleMeterRegistry());
        return new EmbeddedParley(
                database,
                TestSignaling.over(database, TestWaitRegistries.nobodyWaits(), PostgresNode.LIMITS, clock, random));
    }

    @Override
    public void close() {
        database.close();
    }
}
