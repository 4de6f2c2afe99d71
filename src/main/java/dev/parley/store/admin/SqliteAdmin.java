package dev.parley.store.admin;

import dev.parley.store.crypto.EncryptionKeys;
import dev.parley.store.sql.Schema;
import dev.parley.store.sqlite.SqliteFile;
import dev.parley.store.sqlite.StoreLock;
import dev.parley.store.sqlite.StoreLock.Claim;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.flywaydb.core.Flyway;

/** Administration of an SQLite file. */
public final class SqliteAdmin implements StoreAdmin {
    private final SqliteFile file;
    private final Schema schema;
    private final long bytesMax;
    private final Supplier<EncryptionKeys> keys;
    private final SecureRandom random;
    private final InstantSource clock;

    /**
     * @param bytesMax maximum size of the file
     * @param keys called only when payloads are read; it may reject the configured ones
     */
    public SqliteAdmin(
            Path path,
            Duration busyTimeout,
            long bytesMax,
            Flyway flyway,
            Supplier<EncryptionKeys> keys,
            SecureRandom random,
            InstantSource clock) {
        this.file = SqliteFile.configured(path, busyTimeout);
        this.bytesMax = bytesMax;
        this.keys = keys;
        this.schema = new Schema(flyway);
        this.random = random;
        this.clock = clock;
    }

    @Override
    public void refuseMissing() {
        file.refuseMissing();
    }

    @Override
    @SuppressWarnings("try") // the lock is only held
    public Schema.Migrated migrate() {
        file.inspect();
        try (StoreLock lock = file.claim(Claim.USE)) {
            return schema.migrate();
        } catch (Schema.Unusable e) {
            throw file.refused(e.why());
        } catch (IOException e) {
            throw file.unreachable(e);
        }
    }

    @Override
    public long bytes() {
        return file.bytesBeside("") + file.bytesBeside("-wal");
    }

    @Override
    public void query(ReadOnlyQuery query, Duration timeMax, RowSink sink) {
        file.refuseMissing();
        try (Connection connection = file.openReader();
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA query_only = 1");
            TimeLimit.set(connection, timeMax);
            try (ResultSet rows = statement.executeQuery(query.sql())) {
                ReadOnlyQuery.copy(rows, sink);
            }
        } catch (SQLException e) {
            throw new AdminRefused(
                    TimeLimit.isExceeded(e) ? ReadOnlyQuery.tooLong(timeMax) : "SQLite says: " + e.getMessage());
        }
    }

    @Override
    public StoreContents backup(Path target, Progress progress) {
        return backups().backup(target, progress);
    }

    @Override
    public Restored restore(Path saved, boolean force, Progress progress) {
        return backups().restore(saved, force, progress);
    }

    private SqliteBackups backups() {
        return new SqliteBackups(file, schema, keys, random, clock);
    }

    @Override
    public List<Finding> examine() {
        return new SqliteExamination(file, schema, bytesMax, keys, clock).findings();
    }
}
