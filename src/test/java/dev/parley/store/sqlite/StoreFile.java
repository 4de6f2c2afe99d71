package dev.parley.store.sqlite;

import dev.parley.store.Node;
import dev.parley.store.Secrecy;
import dev.parley.vault.Keyring;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.sqlite.SQLiteDataSource;

/** A store's file, opened without the application as often as a test likes. Discovery is not to be asked. */
public record StoreFile(Path path) {
    private static final Duration BUSY_TIMEOUT = Duration.ofMillis(50);

    public SqliteDatabase open() {
        return open(1_000, 100);
    }

    SqliteDatabase open(int queueMax, int batchMax) {
        return open(queueMax, batchMax, Long.MAX_VALUE, 0);
    }

    /** With a limit to the size of the file. */
    SqliteDatabase openLimited(long bytesMax) {
        return open(1_000, 100, bytesMax, 0);
    }

    /** With so much memory for what live sessions have said; the others remember nothing. */
    SqliteDatabase openRemembering(long memoryMax) {
        return open(1_000, 100, Long.MAX_VALUE, memoryMax);
    }

    /** With keys. */
    public SqliteDatabase open(Secrecy secrecy) {
        return open(1_000, 100, Long.MAX_VALUE, 0, secrecy);
    }

    private SqliteDatabase open(int queueMax, int batchMax, long bytesMax, long memoryMax) {
        return open(queueMax, batchMax, bytesMax, memoryMax, new Secrecy(Keyring.EMPTY, true, new SecureRandom()));
    }

    private SqliteDatabase open(int queueMax, int batchMax, long bytesMax, long memoryMax, Secrecy secrecy) {
        var settings = new SqliteDatabase.Settings(
                path,
                true,
                BUSY_TIMEOUT,
                bytesMax,
                memoryMax,
                queueMax,
                batchMax,
                1,
                10,
                new Node("test", "here", true));
        return new SqliteDatabase(settings, migrations(), new SqliteSessions(), secrecy, new SecureRandom());
    }

    void migrate() {
        migrations().migrate();
    }

    /** What an operator can do to the file, at {@code clock}'s time. */
    SqliteUpkeep upkeep(InstantSource clock) {
        return new SqliteUpkeep(path, BUSY_TIMEOUT, Long.MAX_VALUE, migrations(), new SecureRandom(), clock);
    }

    /** A connection that Parley knows nothing of. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + path);
    }

    private Flyway migrations() {
        var source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + path);
        return new FluentConfiguration()
                .dataSource(source)
                .locations("classpath:migrations/sqlite")
                .load();
    }
}
