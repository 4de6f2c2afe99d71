package dev.parley.store.sqlite;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import dev.parley.store.StoreUrl;
import dev.parley.store.sqlite.StoreLock.Claim;
import dev.parley.store.sqlite.StoreLock.Held;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import javax.sql.DataSource;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.Pragma;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteOpenMode;

/** The file that contains the store: decides whether it may be opened, and opens connections that are configured for durability. */
public final class SqliteFile {
    private static final String NOT_A_FILE = "it is not a file that can be read and written";

    /** SQLite's default for new files. */
    private static final long PAGE_BYTES = 4_096;

    private static final Sql CHECKPOINT = new Sql("checkpoint", "PRAGMA wal_checkpoint(PASSIVE)");
    private static final Sql TRUNCATE = new Sql("truncate-log", "PRAGMA wal_checkpoint(TRUNCATE)");

    /** Readers within the process finish in microseconds; the writer does not wait longer for others. */
    private static final Sql SHORT_TIMEOUT = new Sql("short-timeout", "PRAGMA busy_timeout = 50");

    /** The maximum of SQLite. */
    private static final long PAGES_MAX = Integer.MAX_VALUE - 1L;

    /** COMMIT moves the write-ahead log into the file, with two more fsyncs, when the log has this many pages: 16 MB. */
    private static final int LOG_PAGES_MAX = 4_000;

    /** A log that became longer is cut to this size when it starts over. */
    private static final int LOG_BYTES_KEPT = 64 << 20;

    /** Page cache of the writer. A reader's is stale after each commit, so it has the driver's default of 2 MB. */
    private static final int WRITER_CACHE_KIB = 64 << 10;

    private static final String LAST_BACKUP = "-last-backup";

    /** Suffixes of the database itself, and of the files that SQLite and Parley create beside it. */
    private static final Set<String> OWN_SUFFIXES =
            Set.of("", "-wal", "-shm", "-journal", "-lock", "-restoring", LAST_BACKUP);

    /** Instructions of SQLite's virtual machine between two checks of the time: a fraction of a millisecond. */
    private static final int TIME_CHECK_STEPS = 10_000;

    /** The maximum that Linux follows. */
    private static final int LINKS_MAX = 40;

    /** Lock timeout for a file that no other process should have open. */
    private static final Duration ALONE = Duration.ofSeconds(1);

    private final String name;
    private final Path named;
    private final Path path;
    private final Duration busyTimeout;
    private final Sql usualTimeout;

    private SqliteFile(String name, Path named, Duration busyTimeout) {
        NativeLibrary.load();
        this.name = name;
        this.named = named;
        this.busyTimeout = busyTimeout;
        this.usualTimeout = new Sql("usual-timeout", "PRAGMA busy_timeout = " + busyTimeout.toMillis());
        this.path = resolved();
    }

    /**
     * Follows symbolic links, even to a file that is missing. SQLite follows them before it names the files beside the database, and
     * a file that it creates at the end of a link would have default permissions.
     */
    private Path resolved() {
        Path file = named;
        try {
            for (int links = 0; Files.isSymbolicLink(file); links++) {
                if (links == LINKS_MAX) {
                    throw refused("its symbolic links form a cycle");
                }
                file = file.resolveSibling(Files.readSymbolicLink(file));
            }
            return inRealFolder(file);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private static Path inRealFolder(Path file) throws IOException {
        Path folder = PrivateFiles.folderOf(file);
        return Files.isDirectory(folder) ? folder.toRealPath().resolve(file.getFileName()) : file;
    }

    /**
     * The file of {@code parley.store.url}.
     *
     * @param busyTimeout how long a connection waits for a lock of another process
     */
    public static SqliteFile configured(Path path, Duration busyTimeout) {
        return new SqliteFile(StoreUrl.KEY + ": " + path.toAbsolutePath(), path.toAbsolutePath(), busyTimeout);
    }

    /** A file that an operator named. */
    public static SqliteFile named(Path path) {
        return new SqliteFile(path.toString(), path.toAbsolutePath(), ALONE);
    }

    /** Without symbolic links. */
    public Path path() {
        return path;
    }

    /** As it was configured. */
    Path named() {
        return named;
    }

    /**
     * Checks the file before anything writes to it; creates its folder if there is no file.
     *
     * @throws InvalidConfiguration if it is not a store; the file is unchanged then, and no file is created beside it
     */
    public void inspect() {
        createFolder();
        refuseForeign();
        if (Files.exists(path) && !Files.isWritable(path)) {
            throw refused(NOT_A_FILE);
        }
    }

    /** Throws {@link InvalidConfiguration} unless the file exists and is a store, or empty. */
    public void refuseMissing() {
        refuseForeign();
        if (!Files.exists(path)) {
            throw refused("there is no such file; \"parley migrate\" creates one");
        }
    }

    /** SQLite creates its log beside the file, so write access to the file is not enough. */
    private void createFolder() {
        Path folder = path.getParent();
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw refused("its folder cannot be created");
        }
        if (!Files.isWritable(folder)) {
            throw refused("its folder cannot be written");
        }
    }

    /** The running server. Not for a process that has the file open. */
    public StoreLock.Server server() {
        try {
            return StoreLock.serverOf(path);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private void refuseForeign() {
        if (Files.isDirectory(path)) {
            throw refused("it is a folder");
        }
        // Before SQLite opens the file, because it creates a log if it does not find the server's.
        server().fault().ifPresent(fault -> {
            throw refused(fault);
        });
        if (!Files.exists(path)) {
            return;
        }
        if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
            throw refused(NOT_A_FILE);
        }
        try {
            WalCheck.damage(beside("-wal")).ifPresent(damage -> {
                throw refused(damage + "; \"parley restore\" a backup, or move the log away and lose its commits");
            });
        } catch (IOException e) {
            throw failure(e);
        }
        try (Connection connection = isAtRest() && !Files.exists(beside("-journal")) ? openAtRest() : openReader();
                Statement statement = connection.createStatement();
                ResultSet tables = statement.executeQuery(
                        "SELECT count(*), count(*) FILTER (WHERE name = 'flyway_schema_history') FROM sqlite_master")) {
            if (tables.getLong(1) > 0 && tables.getLong(2) == 0) {
                throw refused("it contains tables of another application");
            }
        } catch (SQLException e) {
            throw (e.getErrorCode() & 0xff) == SQLiteErrorCode.SQLITE_NOTADB.code
                    ? refused("it is not an SQLite database")
                    : failure(e);
        }
    }

    /**
     * Whether the file contains every commit and no process has it open, as far as the files beside it show. Every process that opens
     * a database with a write-ahead log creates files there, readers too, and only a writer deletes them.
     */
    public boolean isAtRest() {
        return !Files.exists(beside("-shm")) && bytesBeside("-wal") == 0;
    }

    /** Size of the file with {@code suffix}; 0 if there is none. */
    public long bytesBeside(String suffix) {
        return beside(suffix).toFile().length();
    }

    /** Time of the last backup in epoch milliseconds; 0 if none is known. */
    long lastBackupMillis() {
        return beside(LAST_BACKUP).toFile().lastModified();
    }

    /** Records the time of a backup as that of an empty file, which the metrics of a running server report. */
    public void noteBackup(Instant time) throws IOException {
        PrivateFiles.createIfMissing(beside(LAST_BACKUP), path);
        Files.setLastModifiedTime(beside(LAST_BACKUP), FileTime.from(time));
    }

    /** Locks the store for {@code claim}, and creates the file if the claim needs it; throws if another process prevents that. */
    public StoreLock claim(Claim claim) {
        try {
            return StoreLock.acquire(path, claim);
        } catch (Held | IOException e) {
            throw failure(e);
        }
    }

    public Path beside(String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    /** Whether {@code file} is the database under any name, or one of the files beside it. */
    public boolean owns(Path file) throws IOException {
        Path real = inRealFolder(file);
        return OWN_SUFFIXES.stream().map(this::beside).anyMatch(real::equals)
                || (Files.exists(file) && Files.exists(path) && Files.isSameFile(file, path));
    }

    /**
     * A connection for the writer. With WAL readers are not blocked; with synchronous=FULL COMMIT returns when it is on disk.
     *
     * @param bytesMax maximum size of the file
     */
    Connection openWriter(long bytesMax) throws SQLException {
        SQLiteConfig config = ofOneThread();
        config.setJournalMode(JournalMode.WAL);
        config.enforceForeignKeys(true);
        config.setGetGeneratedKeys(
                false); // RETURNING reports them; the driver would run another query after every INSERT
        config.setCacheSize(-WRITER_CACHE_KIB);
        config.setJournalSizeLimit(LOG_BYTES_KEPT);
        config.setPragma(Pragma.WAL_AUTOCHECKPOINT, Integer.toString(LOG_PAGES_MAX));
        config.setMaxPageCount((int) Math.min(bytesMax / PAGE_BYTES, PAGES_MAX));
        return open(config, "wal");
    }

    /** Opens a connection that waits for the disk; throws if SQLite keeps another mode, as on a file system without shared memory. */
    private Connection open(SQLiteConfig config, String journalMode) throws SQLException {
        config.setSynchronous(SynchronousMode.FULL);
        Connection connection = config.createConnection(url());
        try {
            verify(connection, "journal_mode", journalMode);
            verify(connection, "synchronous", "2");
            return connection;
        } catch (SQLException | InvalidConfiguration e) {
            connection.close();
            throw e;
        }
    }

    private void verify(Connection connection, String pragma, String wanted) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA " + pragma)) {
            String found = row.getString(1);
            if (!wanted.equals(found)) {
                throw refused("SQLite does not support " + pragma + " = " + wanted + " here; it is " + found);
            }
        }
    }

    /** Opens a connection that keeps a server's lock on the file itself until {@code lock} is closed. */
    void lockWhileOpen(StoreLock lock) throws SQLException {
        Connection connection = ofOneThread().createConnection(url());
        try (Statement statement = connection.createStatement()) {
            statement
                    .executeQuery("SELECT count(*) FROM sqlite_master")
                    .close(); // from now on the connection has SQLite's shared lock
            lock.lockFile(connection);
        } catch (Held | IOException | SQLException e) {
            connection.close();
            throw failure(e);
        }
    }

    public Connection openReader() throws SQLException {
        SQLiteConfig config = ofOneThread();
        config.setReadOnly(true);
        return config.createConnection(url());
    }

    /** A read-only connection that creates no files, to a file that nobody changes. */
    public Connection openAtRest() throws SQLException {
        SQLiteConfig config = ofOneThread();
        config.setReadOnly(true);
        return config.createConnection("jdbc:sqlite:" + path.toUri() + "?immutable=1");
    }

    /** A connection for the only process that has the file open; commits are durable and leave no log. */
    public Connection openAlone() throws SQLException {
        SQLiteConfig config = ofOneThread();
        config.setJournalMode(JournalMode.DELETE);
        return open(config, "delete");
    }

    /**
     * Moves every commit into the file and deletes the files of SQLite beside it, so that another file can replace it: a log that
     * stayed would be applied to the other file.
     *
     * @throws InvalidConfiguration if a program other than Parley has the file open
     */
    public void retire() throws SQLException, IOException {
        if (Files.exists(path)) {
            try {
                openAlone().close();
            } catch (SQLException e) {
                if (Outage.isLocked(e)) {
                    throw refused("another program has it open; close that first");
                }
                throw e;
            }
        }
        Files.deleteIfExists(beside("-wal"));
        Files.deleteIfExists(beside("-shm"));
        PrivateFiles.syncFolder(path);
    }

    /** For Flyway, which opens connections itself. */
    public DataSource dataSource() {
        var source = new SQLiteDataSource();
        source.setUrl(url());
        return source;
    }

    /** Two threads never use one connection at once, so SQLite need not lock it on every call: a tenth of the cost of a read. */
    private SQLiteConfig ofOneThread() {
        var config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.FULLMUTEX);
        config.setOpenMode(SQLiteOpenMode.NOMUTEX);
        config.resetOpenMode(SQLiteOpenMode.CREATE); // a deleted file is not replaced by an empty one
        config.setBusyTimeout(Math.toIntExact(busyTimeout.toMillis()));
        return config;
    }

    private String url() {
        return "jdbc:sqlite:" + path;
    }

    /** Moves as much of the write-ahead log into the database as readers allow, outside a transaction; returns whether that was all. */
    static boolean checkpoint(Statements writer) throws SQLException {
        return Boolean.TRUE.equals(
                writer.call(CHECKPOINT).first(row -> row.getInt(1) == 0 && row.getInt(2) == row.getInt(3)));
    }

    /** Moves all of the log and truncates it to zero bytes; returns false if a reader prevents that. */
    boolean truncateLog(Statements writer) throws SQLException {
        if (!checkpoint(writer)) {
            return false;
        }
        writer.call(SHORT_TIMEOUT).first(row -> true);
        try {
            return Boolean.TRUE.equals(writer.call(TRUNCATE).first(row -> row.getInt(1) == 0));
        } finally {
            writer.call(usualTimeout).first(row -> true);
        }
    }

    /**
     * Interrupts everything that {@code connection} executes after {@code timeMax} from now. The driver's own query timeout is SQLite's
     * busy timeout, which limits waiting only.
     */
    public static void limitTime(Connection connection, Duration timeMax) throws SQLException {
        long end = System.nanoTime() + timeMax.toNanos();
        ProgressHandler.setHandler(connection, TIME_CHECK_STEPS, new ProgressHandler() {
            @Override
            protected int progress() {
                return System.nanoTime() - end < 0 ? 0 : 1;
            }
        });
    }

    /** Whether {@link #limitTime} interrupted the statement. */
    public static boolean isTimeExceeded(SQLException e) {
        return e.getErrorCode() == SQLiteErrorCode.SQLITE_INTERRUPT.code;
    }

    /** The exception for an operator; a lock of SQLite is temporary. */
    public InvalidConfiguration failure(Exception e) {
        if (e instanceof InvalidConfiguration refused) {
            return refused;
        }
        if (e instanceof IOException) {
            return refused("it cannot be reached (" + e.getClass().getSimpleName() + ")");
        }
        if (e instanceof SQLException sql) {
            String line = line("SQLite says: " + e.getMessage());
            return Outage.isLocked(sql) ? InvalidConfiguration.temporarily(line) : new InvalidConfiguration(line);
        }
        return refused(String.valueOf(e.getMessage()));
    }

    /** An exception whose message names the setting and the file. */
    public InvalidConfiguration refused(String why) {
        return new InvalidConfiguration(line(why));
    }

    private String line(String why) {
        return name + " cannot be used: " + why + ".";
    }
}
