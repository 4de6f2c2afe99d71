package dev.parley.store.admin;

import dev.parley.store.crypto.PayloadEncryption;
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

/** What an operator does to a file. */
public final class SqliteAdmin implements StoreAdmin {
    private final SqliteFile file;
    private final Schema schema;
    private final long bytesMax;
    private final Supplier<PayloadEncryption> secrecy;
    private final SecureRandom random;
    private final InstantSource clock;

    /**
     * @param bytesMax how large the file may become
     * @param secrecy asked for only where payloads are read; it may refuse the keys that are set
     */
    public SqliteAdmin(
            Path path,
            Duration busyTimeout,
            long bytesMax,
            Flyway flyway,
            Supplier<PayloadEncryption> secrecy,
            SecureRandom random,
            InstantSource clock) {
        this.file = SqliteFile.configured(path, busyTimeout);
        this.bytesMax = bytesMax;
        this.secrecy = secrecy;
        this.schema = new Schema(flyway);
        this.random = random;
        this.clock = clock;
    }

    @Override
    public void refuseMissing() {
        file.refuseMissing();
    }

    @Override
    @SuppressWarnings("try") // the lock is held and not asked
    public Migrated migrate() {
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
        return file.path().toFile().length() + file.bytesBeside("-wal");
    }

    @Override
    public void ask(ReadOnlyQuery question, Duration timeMax, RowSink answer) {
        file.refuseMissing();
        try (Connection connection = file.openReader();
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA query_only = 1");
            TimeLimit.on(connection, timeMax);
            try (ResultSet rows = statement.executeQuery(question.sql())) {
                ReadOnlyQuery.tell(rows, answer);
            }
        } catch (SQLException e) {
            throw new AdminRefused(
                    TimeLimit.isUp(e)
                            ? "The answer takes longer than " + timeMax.toMillis() + " ms."
                            : "SQLite says: " + e.getMessage());
        }
    }

    @Override
    public StoreContents backup(Path target, Progress progress) {
        return new SqliteBackup(file, clock).to(target, progress);
    }

    @Override
    public Restored restore(Path saved, boolean force, Progress progress) {
        return new SqliteRestore(file, schema, secrecy, random).from(saved, force, progress);
    }

    @Override
    public List<Finding> examine() {
        return new SqliteExamination(file, schema, bytesMax, secrecy, clock).findings();
    }
}
