package dev.parley.store.sqlite;

import static dev.parley.contract.Awaited.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parley.contract.SqliteProfile;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.Database;
import dev.parley.store.ReadFrom;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import dev.parley.store.sql.Discovery;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.sql.SQLException;
import org.hibernate.exception.GenericJDBCException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Failures of SQLite are reported for every kind of read, and reads succeed afterwards. */
@QuarkusTest
@TestProfile(SqliteProfile.class)
class SqliteDatabaseTest {
    private static final Sql ONE = new Sql("test-one", "SELECT 1");
    private static final Sql FORBIDDEN = new Sql("test-forbidden", "DELETE FROM sessions");

    @Inject
    Database database;

    @Inject
    Discovery discovery;

    @ParameterizedTest(name = "result code {0}")
    @ValueSource(ints = {5, 6, 10, 14, 0})
    void aFileThatCannotBeReadIsUnavailableForEveryKindOfRead(int resultCode) {
        var failure = new SQLException("the file cannot be read", null, resultCode);

        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(() -> result(database.read(ReadFrom.PRIMARY, node -> {
                    throw failure;
                })));
        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(() -> result(database.scan(ReadFrom.PRIMARY, node -> {
                    throw failure;
                })));
        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(() -> result(database.scan(ReadFrom.PRIMARY, discovery.work(repository -> {
                    throw new GenericJDBCException("The query failed", failure);
                }))));
        assertThat(result(database.read(ReadFrom.PRIMARY, SqliteDatabaseTest::one)))
                .isEqualTo(1);
        assertThat(result(database.scan(ReadFrom.PRIMARY, SqliteDatabaseTest::one)))
                .isEqualTo(1);
    }

    @Test
    void aReaderCannotWrite() {
        assertThatExceptionOfType(StoreUnavailable.class)
                .isThrownBy(() -> result(database.read(
                        ReadFrom.PRIMARY, node -> node.call(FORBIDDEN).update())));
    }

    private static int one(Statements node) throws SQLException {
        return node.call(ONE).all(rows -> {
            rows.next();
            return rows.getInt(1);
        });
    }
}
