package dev.parley.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.LogCapture;
import dev.parley.store.Statements.Sql;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A slow statement is logged by its name, without its values. */
@SuppressWarnings("NullAway.Init") // set up before each test
class SlowLogTest {
    private static final Sql ECHO = new Sql("echo", "SELECT ?");
    private static final String SECRET = "an offer that nobody is to read";

    private LogCapture log;

    @BeforeEach
    void listen() {
        log = LogCapture.at("dev.parley.slow");
    }

    @AfterEach
    void leave() {
        log.close();
    }

    private static void echo(SlowLog slow) throws SQLException {
        try (var statements = new Statements(DriverManager.getConnection("jdbc:sqlite::memory:")).loggedTo(slow)) {
            String said = statements.call(ECHO).bind(SECRET).first(row -> row.getString(1));
            assertThat(said).isEqualTo(SECRET);
        }
    }

    @Test
    void aSlowStatementIsLoggedWithItsNameAndTime() throws SQLException {
        echo(new SlowLog(Duration.ofNanos(1)));

        assertThat(log.messages()).singleElement().asString().matches("Slow: echo took \\d+ ms");
    }

    @Test
    void aFastStatementIsNotLogged() throws SQLException {
        echo(new SlowLog(Duration.ofHours(1)));

        assertThat(log.messages()).isEmpty();
    }

    @Test
    void offLogsNothing() throws SQLException {
        echo(SlowLog.OFF);

        assertThat(log.messages()).isEmpty();
    }

    @Test
    void aRepeatedlySlowStatementIsCountedAndLoggedEveryTenSeconds() {
        var now = new AtomicLong();
        var slow = new SlowLog(Duration.ofMillis(100), now::get);
        for (int i = 0; i < 25; i++) {
            takes(slow, now, "echo", 400 + i); // each second
            now.addAndGet(TimeUnit.MILLISECONDS.toNanos(600 - i));
        }
        takes(slow, now, "other", 100);

        assertThat(log.messages())
                .containsExactly(
                        "Slow: echo took 400 ms",
                        "Slow: echo took 410 ms; since the last such line it was slow 9 more times, 409 ms at most",
                        "Slow: echo took 420 ms; since the last such line it was slow 9 more times, 419 ms at most",
                        "Slow: other took 100 ms");
    }

    @Test
    void theRoundTripToADistantServerIsNotCounted() {
        var now = new AtomicLong();
        SlowLog slow = new SlowLog(Duration.ofMillis(100), now::get).from(Duration.ofMillis(300));
        takes(slow, now, "echo", 399);
        assertThat(log.messages()).isEmpty();

        takes(slow, now, "echo", 400);
        assertThat(log.messages()).containsExactly("Slow: echo took 400 ms");
        assertThat(SlowLog.OFF.from(Duration.ofMillis(300))).isSameAs(SlowLog.OFF);
    }

    private static void takes(SlowLog slow, AtomicLong now, String name, long millis) {
        long began = slow.began();
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
        slow.ended(name, began);
    }

    @Test
    void aSlowStatementThatFailsIsLoggedToo() throws SQLException {
        try (var statements = new Statements(DriverManager.getConnection("jdbc:sqlite::memory:"))
                .loggedTo(new SlowLog(Duration.ofNanos(1)))) {
            var twice = new Sql("twice", "INSERT INTO t VALUES (?)");
            statements
                    .call(new Sql("table", "CREATE TABLE t (a CHECK (a = 'another'))"))
                    .run();
            assertThatThrownBy(() -> statements.call(twice).bind(SECRET).update())
                    .isInstanceOf(SQLException.class);

            assertThat(log.messages())
                    .filteredOn(line -> line.startsWith("Slow: twice took "))
                    .hasSize(1);
        }
    }
}
