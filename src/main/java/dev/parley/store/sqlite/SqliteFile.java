package dev.parley.store.sqlite;

import dev.parley.store.StartRefused;
import dev.parley.store.StoreUrl;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.Pragma;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteOpenMode;

/** The file that holds the store: whether it may be opened at all, and whether its connections are set as durability needs. */
final class SqliteFile {
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

    /** Before it a database could be corrupted when the write-ahead log started over. */
    private static final int[] VERSION_MIN = {3, 51, 3};

    /** When the write-ahead log has so many pages, COMMIT moves them into the file. */
    private static final int WAL_PAGES_MAX = 1_000;

    /** A log that a burst made longer is cut back to this. */
    private static final int WAL_BYTES_KEPT = 64 << 20;

    /** Pages that the writer keeps; a reader's are stale after each commit, so it gets the driver's 2 MB. */
    private static final int WRITER_CACHE_KIB = 64 << 10;

    private final Path path;
    private final Duration busyTimeout;

    /** @param busyTimeout how long a connection waits for a lock that another process holds */
    SqliteFile(Path path, Duration busyTimeout) {
        this.path = path.toAbsolutePath();
        this.busyTimeout = busyTimeout;
    }

    Path path() {
        return path;
    }

    /**
     * Looks at the file before anything writes to it, and makes its folder where there is none.
     *
     * @throws StartRefused if it is no store; the file is left as it was
     */
    void inspect() {
        if (Files.isDirectory(path)) {
            throw refused("it is a folder");
        }
        makeFolder();
        if (!Files.exists(path)) {
            return;
        }
        try {
            if (!Files.isRegularFile(path) || !Files.isReadable(path) || !Files.isWritable(path)) {
                throw refused("it is not a file that can be read and written");
            }
            if (Files.size(path) == 0) {
                return;
            }
            try (var in = Files.newInputStream(path)) {
                if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
                    throw refused("it is not an SQLite database");
                }
            }
        } catch (IOException e) {
            throw refused("it cannot be reached (" + e.getClass().getSimpleName() + ")");
        }
        try (Connection connection = openReader();
                Statement statement = connection.createStatement();
                ResultSet tables = statement.executeQuery(
                        "SELECT count(*), count(*) FILTER (WHERE name = 'flyway_schema_history') FROM sqlite_master")) {
            if (tables.getLong(1) > 0 && tables.getLong(2) == 0) {
                throw refused("it holds another application's tables");
            }
        } catch (SQLException e) {
            throw refused("SQLite says: " + e.getMessage());
        }
    }

    /** How large the file is that SQLite keeps beside the store under {@code suffix}; 0 where there is none. */
    long bytesBeside(String suffix) {
        return path.resolveSibling(path.getFileName() + suffix).toFile().length();
    }

    /** Beside the file SQLite keeps its log, so a file that can be written is not enough. */
    private void makeFolder() {
        Path folder = path.getParent();
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw refused("its folder cannot be made");
        }
        if (!Files.isWritable(folder)) {
            throw refused("its folder cannot be written");
        }
    }

    /**
     * A connection for the writer. WAL lets readers go on beside it; with synchronous=FULL a COMMIT returns when it is on disk.
     *
     * @param bytesMax how large the file may become
     */
    Connection openWriter(long bytesMax) throws SQLException {
        SQLiteConfig config = ofOneThread();
        config.setJournalMode(JournalMode.WAL);
        config.setSynchronous(SynchronousMode.FULL);
        config.enforceForeignKeys(true);
        config.setGetGeneratedKeys(false); // RETURNING says it; the driver would ask once more after every INSERT
        config.setCacheSize(-WRITER_CACHE_KIB);
        config.setJournalSizeLimit(WAL_BYTES_KEPT);
        config.setPragma(Pragma.WAL_AUTOCHECKPOINT, Integer.toString(WAL_PAGES_MAX));
        Connection connection = config.createConnection(url());
        try {
            verify(connection, "journal_mode", "wal");
            verify(connection, "synchronous", "2");
            verify(connection, "foreign_keys", "1");
            verify(connection, "busy_timeout", Long.toString(busyTimeout.toMillis()));
            verify(connection, "wal_autocheckpoint", Integer.toString(WAL_PAGES_MAX));
            verifyVersion(connection);
            limit(connection, bytesMax);
            return connection;
        } catch (SQLException | StartRefused e) {
            connection.close();
            throw e;
        }
    }

    /** A connection that cannot write. */
    Connection openReader() throws SQLException {
        SQLiteConfig config = ofOneThread();
        config.setReadOnly(true);
        return config.createConnection(url());
    }

    /** No two threads ever use one connection at once, so SQLite need not lock it on every call: a tenth of what a read costs. */
    private SQLiteConfig ofOneThread() {
        var config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.FULLMUTEX);
        config.setOpenMode(SQLiteOpenMode.NOMUTEX);
        config.setBusyTimeout(Math.toIntExact(busyTimeout.toMillis()));
        return config;
    }

    private String url() {
        return "jdbc:sqlite:" + path;
    }

    /** A setting that did not take would break a guarantee, so each is read back. */
    private void verify(Connection connection, String pragma, String wanted) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA " + pragma)) {
            String found = row.getString(1);
            if (!wanted.equals(found)) {
                throw refused("SQLite did not take " + pragma + " = " + wanted + "; it is " + found);
            }
        }
    }

    /** Beyond the limit SQLite says that the disk is full; it counts in pages, and gives no less than there are. */
    private static void limit(Connection connection, long bytesMax) throws SQLException {
        if (bytesMax == Long.MAX_VALUE) {
            return;
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA page_size")) {
            long pagesMax = bytesMax / row.getLong(1);
            statement.execute("PRAGMA max_page_count = " + pagesMax);
        }
    }

    private void verifyVersion(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT sqlite_version()")) {
            String version = row.getString(1);
            int[] parts = Arrays.stream(version.split("\\."))
                    .mapToInt(Integer::parseInt)
                    .toArray();
            if (Arrays.compare(parts, VERSION_MIN) < 0) {
                throw refused("SQLite " + version + " is older than 3.51.3 and can corrupt a write-ahead log");
            }
        }
    }

    /** The start cannot go on with this file: {@code why}. */
    StartRefused refused(String why) {
        return new StartRefused(StoreUrl.KEY + ": " + path + " cannot be used: " + why + ".");
    }
}
