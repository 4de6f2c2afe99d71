package dev.parley.store.sqlite;

import dev.parley.store.Node;
import dev.parley.store.SlowLog;
import dev.parley.store.admin.SqliteAdmin;
import dev.parley.store.crypto.EncryptionKeys;
import dev.parley.store.sql.Schema;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
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

/** A store's file, opened without the application. Discovery is not available. */
public record OfflineStore(Path path) {
    private static final Duration BUSY_TIMEOUT = Duration.ofMillis(50);
    private static final Duration LONG_TIMEOUT = Duration.ofMinutes(2);

    public SqliteDatabase open() {
        return open(1_000, 100);
    }

    SqliteDatabase open(int queueMax, int batchMax) {
        return open(true, BUSY_TIMEOUT, queueMax, batchMax, Long.MAX_VALUE, false);
    }

    /** As the server of a store that has encryption keys, or gets them. */
    public SqliteDatabase openEncrypted() {
        return open(true, BUSY_TIMEOUT, 1_000, 100, Long.MAX_VALUE, true);
    }

    /** With a maximum size of the file. */
    SqliteDatabase openLimited(long bytesMax) {
        return open(true, BUSY_TIMEOUT, 1_000, 100, bytesMax, false);
    }

    /** As the server, with a long timeout for locks of other processes. */
    public SqliteDatabase openPatiently() {
        return open(true, LONG_TIMEOUT, 4_096, 256, Long.MAX_VALUE, false);
    }

    /** A command beside a server, or without one. */
    public SqliteDatabase openAsCommand() {
        return open(false, BUSY_TIMEOUT, 1_000, 100, Long.MAX_VALUE, false);
    }

    private SqliteDatabase open(
            boolean serving, Duration busyTimeout, int queueMax, int batchMax, long bytesMax, boolean encrypts) {
        var settings = new SqliteDatabase.Settings(
                path, serving, busyTimeout, bytesMax, queueMax, batchMax, SlowLog.OFF, new Node("test", "here", true));
        return new SqliteDatabase(settings, migrations(), encrypts, new SecureRandom(), new SimpleMeterRegistry());
    }

    public void migrate() {
        migrations().migrate();
    }

    /** Creates the file as an earlier version did. */
    public void migrateTo(String version) {
        Flyway.configure()
                .configuration(migrations().getConfiguration())
                .target(version)
                .load()
                .migrate();
    }

    /** Administration of the file at the time of {@code clock}. */
    public SqliteAdmin admin(InstantSource clock) {
        return admin(clock, EncryptionKeys.EMPTY);
    }

    /** The same with keys. */
    public SqliteAdmin admin(InstantSource clock, EncryptionKeys keys) {
        return admin(clock, keys, Long.MAX_VALUE);
    }

    /** The same with a maximum size of the file. */
    public SqliteAdmin adminLimited(long bytesMax, InstantSource clock) {
        return admin(clock, EncryptionKeys.EMPTY, bytesMax);
    }

    private SqliteAdmin admin(InstantSource clock, EncryptionKeys keys, long bytesMax) {
        return new SqliteAdmin(
                SqliteFile.configured(path, BUSY_TIMEOUT),
                new Schema(migrations()),
                bytesMax,
                () -> keys,
                new SecureRandom(),
                clock);
    }

    /** A connection of a program other than Parley. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + path);
    }

    /** Executes a statement as a program other than Parley. */
    public void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A connection that writes beside the server, as a command of another process does. */
    public Connection connectBeside() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:sqlite:" + path + "?foreign_keys=true&busy_timeout=" + LONG_TIMEOUT.toMillis());
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
