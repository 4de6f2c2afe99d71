package dev.parley.store.admin;

import dev.parley.store.sql.Schema;
import dev.parley.store.sqlite.SqliteFile;
import dev.parley.store.sqlite.StoreLock;
import dev.parley.store.sqlite.StoreLock.Claim;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/** Administration of an SQLite file. */
public final class SqliteAdmin implements StoreAdmin {
    private final SqliteStore store;
    private final SqliteFile file;

    public SqliteAdmin(SqliteStore store) {
        this.store = store;
        this.file = store.file();
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
            return store.schema().migrate();
        } catch (Schema.Unusable | IOException e) {
            throw file.failure(e);
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
    public StoreContents backup(Path target) {
        return new SqliteBackups(store).backup(target);
    }

    @Override
    public Restored restore(Path saved, boolean force) {
        return new SqliteBackups(store).restore(saved, force);
    }

    @Override
    public List<Finding> examine() {
        return new SqliteExamination(store).findings();
    }
}
