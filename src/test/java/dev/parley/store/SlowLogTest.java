package dev.parley.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A slow statement is told by its name, whatever it was called with. */
class SlowLogTest {
    private static final Logger LOG = Logger.getLogger("dev.parley.slow");
    private static final PatternFormatter MESSAGE = new PatternFormatter("%s");
    private static final Sql ECHO = new Sql("echo", "SELECT ?");
    private static final String SECRET = "an offer that nobody is to read";

    private final List<String> told = new ArrayList<>();

    private final Handler ear = new Handler() {
        @Override
        public void publish(LogRecord line) {
            told.add(MESSAGE.format(ExtLogRecord.wrap(line)));
        }

        @Override
        public void flush() {
            // nothing is held back
        }

        @Override
        public void close() {
            // nothing is open
        }
    };

    @BeforeEach
    void listen() {
        LOG.addHandler(ear);
    }

    @AfterEach
    void leave() {
        LOG.removeHandler(ear);
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

        assertThat(told).singleElement().asString().matches("Slow: echo took \\d+ ms");
    }

    @Test
    void aQuickStatementIsNotTold() throws SQLException {
        echo(new SlowLog(Duration.ofHours(1)));

        assertThat(told).isEmpty();
    }

    @Test
    void offTellsNothing() throws SQLException {
        echo(SlowLog.OFF);

        assertThat(told).isEmpty();
    }

    @Test
    void aStatementThatFailsAfterLongIsToldToo() throws SQLException {
        try (var statements = new Statements(DriverManager.getConnection("jdbc:sqlite::memory:"))
                .telling(new SlowLog(Duration.ofNanos(1)))) {
            var twice = new Sql("twice", "INSERT INTO t VALUES (?)");
            statements.call(new Sql("table", "CREATE TABLE t (a UNIQUE)")).run();
            statements.call(twice).bind(SECRET).update();
            told.clear();
            try {
                statements.call(twice).bind(SECRET).update();
            } catch (SQLException e) {
                assertThat(told).singleElement().asString().startsWith("Slow: twice took ");
                return;
            }
        }
        throw new AssertionError("The second row was taken");
    }
}
