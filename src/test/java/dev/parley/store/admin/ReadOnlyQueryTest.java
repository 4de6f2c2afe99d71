package dev.parley.store.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A query is one statement that only reads, whatever its strings and comments contain. */
class ReadOnlyQueryTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1",
                "select 1;",
                "  \n select 1 ; ; \n",
                "WITH n AS (SELECT 1) SELECT * FROM n",
                "VALUES (1), (2)",
                "explain query plan DELETE FROM sessions",
                "(SELECT 1)",
                "-- why; and how\nSELECT 1",
                "/* why; DROP */ SELECT 1 -- ;",
                "SELECT 'a;b', 'it''s;', \"a;b\", `a;b`, [a;b]",
                "SELECT '--' FROM sessions",
            })
    void aQueryIsAccepted(String sql) {
        assertThat(new ReadOnlyQuery(sql).sql()).isEqualTo(sql);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1; SELECT 2",
                "SELECT 1; DELETE FROM sessions",
                "SELECT 1;; -- a comment\n DELETE FROM sessions",
                "SELECT 'a'; DELETE FROM sessions WHERE code = 'b'",
                "SELECT '/*'; DELETE FROM sessions; -- */",
                "SELECT 'open; DELETE FROM sessions",
            })
    void severalStatementsAreRejected(String sql) {
        assertThatExceptionOfType(AdminRefused.class)
                .isThrownBy(() -> new ReadOnlyQuery(sql))
                .withMessageContaining("semicolon");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ";",
                "-- nothing",
                "DELETE FROM sessions",
                "VACUUM INTO 'copy.db'",
                "ATTACH 'other.db' AS other",
                "PRAGMA journal_mode = DELETE",
                "BEGIN",
                "/* SELECT */ UPDATE sessions SET seq = 0",
                "SELECTED",
            })
    void otherStatementsAreRejected(String sql) {
        assertThatExceptionOfType(AdminRefused.class)
                .isThrownBy(() -> new ReadOnlyQuery(sql))
                .withMessageContaining("SELECT");
    }
}
