package dev.parley.store.postgresql;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One PostgreSQL server of a test, in a process of its own on the loopback. */
public final class PostgresServer implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofSeconds(30);
    private static final int STOP_SECONDS_MAX = 30;

    private final Path folder;
    private final int port;
    private @Nullable Process process;

    PostgresServer(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    public int port() {
        return port;
    }

    Path folder() {
        return folder;
    }

    /** Where a client finds the tests' database: the role that Parley has is no superuser. */
    public String url() {
        return "postgresql://parley:secret@127.0.0.1:" + port + "/parley";
    }

    /** More lines for its configuration, which the next start reads. */
    PostgresServer with(String... lines) {
        try {
            Files.write(folder.resolve("postgresql.conf"), List.of(lines), StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Starts it and waits until it takes connections. */
    public PostgresServer start() {
        process = PostgresBinaries.start(
                folder.resolveSibling(folder.getFileName() + ".log"), "postgres", "-D", folder.toString());
        await("PostgreSQL starts")
                .atMost(START_MAX)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptionsInstanceOf(IllegalStateException.class)
                .failFast(
                        "PostgreSQL has ended; see its log in " + folder.getParent(),
                        () -> !running().isAlive())
                .until(() -> "1".equals(ask("postgres", "SELECT 1")));
        return this;
    }

    /** Ends it in order: what was acknowledged is sent to the standbys first. */
    public void stop() {
        signal("INT", List.of(running().toHandle()));
        awaitEnd();
    }

    /** {@code kill -9} to every process of the server, as a machine dies. */
    public void kill() {
        thaw();
        List<ProcessHandle> all = processes();
        signal("KILL", all);
        awaitEnd();
        await("its processes end")
                .pollDelay(Duration.ZERO)
                .until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
    }

    /** Stands still, with its connections open: a hung machine. */
    public void freeze() {
        signal("STOP", processes());
    }

    /** Goes on after {@link #freeze()}. */
    public void thaw() {
        signal("CONT", processes());
    }

    /** Makes a standby the primary of a new timeline; returns when it takes writes. */
    public void promote() {
        ask("SELECT pg_promote()");
    }

    /** Stops replaying: what it shows stays as it is, while it goes on receiving. */
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

    /** What a statement gives, as a superuser, in the tests' database: the first column of the first row as text. */
    public String ask(String sql) {
        return ask("parley", sql);
    }

    String ask(String database, String sql) {
        String url = "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=postgres&connectTimeout=5";
        try (Connection connection = DriverManager.getConnection(url);
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

    public boolean isRunning() {
        return process != null && process.isAlive();
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException("The server was not started");
        }
        return process;
    }

    private List<ProcessHandle> processes() {
        ProcessHandle postmaster = running().toHandle();
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

    private void awaitEnd() {
        try {
            if (!running().waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new AssertionError("PostgreSQL goes on running");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while PostgreSQL ended", e);
        }
    }

    @Override
    public void close() {
        if (isRunning()) {
            kill();
        }
    }
}
