package dev.parley.bench;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.sqlite.SQLiteDataSource;

/**
 * The limit of a durable store on this disk: rows of a description's size by JDBC into SQLite, with the service's pragmas and
 * nothing around them, some of them sharing each commit.
 */
record RawCommits(int rowsPerCommit) {
    private static final String PRAGMAS =
            "?journal_mode=WAL&synchronous=FULL&transaction_mode=IMMEDIATE&wal_autocheckpoint=1000";

    /** Commits for {@code time}; one row is one of what is {@link LoadResult}, its latency that of its commit. */
    LoadResult run(Duration time) throws Exception {
        var latencies = new Histogram(TimeUnit.MINUTES.toMicros(1), 3);
        try (var folder = new TemporaryFolder();
                Connection connection = open(folder.path().resolve("raw.db"))) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE raw (id INTEGER PRIMARY KEY, payload BLOB NOT NULL)");
            }
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO raw (payload) VALUES (?)")) {
                long begin = System.nanoTime();
                while (System.nanoTime() - begin < time.toNanos()) {
                    commit(connection, insert, latencies);
                }
                return new LoadResult(Duration.ofNanos(System.nanoTime() - begin), latencies, 0);
            }
        }
    }

    /** Not by the DriverManager: it finds no driver where the benchmarks run, which is in Maven's own process. */
    private static Connection open(Path file) throws SQLException {
        var source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + file + PRAGMAS);
        return source.getConnection();
    }

    private void commit(Connection connection, PreparedStatement insert, Histogram latencies) throws SQLException {
        byte[] payload = SampleDescriptions.SDP.getBytes(StandardCharsets.UTF_8);
        long begin = System.nanoTime();
        for (int i = 0; i < rowsPerCommit; i++) {
            insert.setBytes(1, payload);
            insert.executeUpdate();
        }
        connection.commit();
        latencies.recordValueWithCount(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begin), rowsPerCommit);
    }
}
