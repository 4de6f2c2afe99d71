package dev.parley.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.LogEar;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A slow statement is told by its name, whatever it was called with. */
@SuppressWarnings("NullAway.Init") // set up before each test
class SlowLogTest {
    private static final Sql ECHO = new Sql("echo", "SELECT ?");
    private static final String SECRET = "an offer that nobody is to read";

    private LogEar log;

    @BeforeEach
    void listen() {
        log = LogEar.at("dev.parley.slow");
    }

    @AfterEach
    void leave() {
        log.close();
    }

    private static void echo(SlowLog slow) throws SQLException {
        try (var statements = new Statements(DriverManager.getConnection("jdbc:sqlite::memory:")).telling(slow)) {
            String said = statements.call(ECHO).bind(SECRET).first(row -> row.getString(1));
            assertThat(said).isEqualTo(SECRET);
        }
    }

    @Test
    void aSlowStatementIsToldByItsNameAndTime() throws SQLException {
        echo(new SlowLog(Duration.ofNanos(1)));

        assertThat(log.heard()).singleElement().asString().matches("Slow: echo took \\d+ ms");
    }

    @Test
    void aQuickStatementIsNotTold() throws SQLException {
        echo(new SlowLog(Duration.ofHours(1)));

        assertThat(log.heard()).isEmpty();
    }

    @Test
    void offTellsNothing() throws SQLException {
        echo(SlowLog.OFF);

        assertThat(log.heard()).isEmpty();
    }

    @Test
    void aStatementThatFailsAfterLongIsToldToo() throws SQLException {
        try (var statements = new Statements(DriverManager.getConnection("jdbc:sqlite::memory:"))
                .telling(new SlowLog(Duration.ofNanos(1)))) {
            var twice = new Sql("twice", "INSERT INTO t VALUES (?)");
            statements.call(new Sql("table", "CREATE TABLE t (a UNIQUE)")).run();
            statements.call(twice).bind(SECRET).update();
            try {
                statements.call(twice).bind(SECRET).update();
            } catch (SQLException e) {
                assertThat(log.heard())
                        .filteredOn(line -> line.startsWith("Slow: twice took "))
                        .hasSize(2);
                return;
            }
        }
        throw new AssertionError("The second row was taken");
    }
}
