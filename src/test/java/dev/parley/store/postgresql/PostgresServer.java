package dev.parley.store.postgresql;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * One PostgreSQL server of a test, in a process of its own on the loopback interface.
 *
 * @param database of the test
 */
public record PostgresServer(Path folder, int port, String database) implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofMinutes(2);
    private static final int STOP_SECONDS_MAX = 120;

    /** The URL of the test's database, with the role of Parley, which is not a superuser. */
    public String url() {
        return "postgresql://parley:secret@127.0.0.1:" + port + "/" + database;
    }

    /** Adds lines to the configuration, which apply from the next start on. */
    PostgresServer with(String... lines) {
        try {
            Files.write(folder.resolve("postgresql.conf"), List.of(lines), StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Starts the server and waits until it accepts connections. */
    public PostgresServer start() {
        Process process = PostgresBinaries.start(
                folder.resolveSibling(folder.getFileName() + ".log"), "postgres", "-D", folder.toString());
        await("PostgreSQL starts")
                .atMost(START_MAX)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptionsInstanceOf(IllegalStateException.class)
                .failFast("PostgreSQL has ended; see its log in " + folder.getParent(), () -> !process.isAlive())
                .until(() -> "1".equals(ask("postgres", "SELECT 1")));
        return this;
    }

    /** Stops the server after acknowledged commits were sent to the standbys. */
    public void stop() {
        ProcessHandle postmaster = running();
        signal("INT", List.of(postmaster));
        awaitEnd(postmaster);
    }

    /** {@code kill -9} to every process of the server, as if the machine failed. */
    public void kill() {
        thaw();
        List<ProcessHandle> all = processes();
        signal("KILL", all);
        all.forEach(PostgresServer::awaitEnd);
    }

    /** Pauses all processes with their connections open, as if the machine hung. */
    public void freeze() {
        signal("STOP", processes());
    }

    /** Continues after {@link #freeze()}. */
    public void thaw() {
        signal("CONT", processes());
    }

    /** Makes a standby the primary of a new timeline; returns when it accepts writes. */
    public void promote() {
        ask("SELECT pg_promote()");
    }

    /** Ends streaming to a standby: it does not receive what the primary writes from now on, unless it is restarted. */
    public void stopReceiving() {
        ask("ALTER SYSTEM SET primary_conninfo = ''");
        ask("SELECT pg_reload_conf()");
        await("nothing is received")
                .until(() -> ask("SELECT count(*) FROM pg_stat_wal_receiver").equals("0"));
    }

    /** Pauses replay: the visible state stays, and the standby continues to receive. */
    public void pauseReplay() {
        ask("SELECT pg_wal_replay_pause()");
        await("replay pauses")
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> ask("SELECT pg_get_wal_replay_pause_state()").equals("paused"));
    }

    public void resumeReplay() {
        ask("SELECT pg_wal_replay_resume()");
    }

    /** The first column of the first row as text. Runs as a superuser in the test's database. */
    public String ask(String sql) {
        return ask(database, sql);
    }

    String ask(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "";
            }
            try (ResultSet row = statement.getResultSet()) {
                row.next();
                return String.valueOf(row.getString(1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** A connection to the test's database as a superuser. */
    Connection connect() throws SQLException {
        return connect(database);
    }

    private Connection connect(String database) throws SQLException {
        // Without DriverManager, which finds no driver when benchmarks run in Maven's own process.
        var source = new PGSimpleDataSource();
        source.setUrl("jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=postgres&connectTimeout=5");
        return source.getConnection();
    }

    public boolean isRunning() {
        return postmaster().isPresent();
    }

    private ProcessHandle running() {
        return postmaster().orElseThrow(() -> new IllegalStateException("The server does not run"));
    }

    /** The process of postmaster.pid; the file of a killed server names no process of PostgreSQL. */
    private Optional<ProcessHandle> postmaster() {
        try {
            Path note = folder.resolve("postmaster.pid");
            if (!Files.exists(note)) {
                return Optional.empty();
            }
            return ProcessHandle.of(Long.parseLong(Files.readAllLines(note).get(0)))
                    .filter(ProcessHandle::isAlive)
                    .filter(process -> process.info().command().orElse("").endsWith("postgres"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<ProcessHandle> processes() {
        ProcessHandle postmaster = running();
        return Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
    }

    private static void signal(String name, List<ProcessHandle> processes) {
        var command = new ArrayList<>(List.of("kill", "-" + name));
        processes.stream()
                .filter(ProcessHandle::isAlive)
                .map(handle -> Long.toString(handle.pid()))
                .forEach(command::add);
        PostgresBinaries.awaitEnd(PostgresBinaries.command(command)); // some may have ended by themselves
    }

    private static void awaitEnd(ProcessHandle process) {
        process.onExit().orTimeout(STOP_SECONDS_MAX, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        if (isRunning()) {
            kill();
        }
    }
}
