package dev.parley.store.sqlite;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.StoreUrl;
import dev.parley.store.sqlite.StoreLock.Claim;
import dev.parley.store.sqlite.StoreLock.Held;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.Pragma;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteOpenMode;

/** The file that holds the store: whether it may be opened at all, and whether its connections are set as durability needs. */
public final class SqliteFile {
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

    private static final String NO_FILE = "it is not a file that can be read and written";

    /** What every database begins with (SQLite's file format, section 1.3). */
    private static final int HEADER_LENGTH = 100;

    private static final int READ_VERSION_AT = 19;
    private static final int READ_VERSION_OF_WAL = 2;

    /** Before it a database could be corrupted when the write-ahead log started over. */
    private static final int[] VERSION_MIN = {3, 51, 3};

    /** When the write-ahead log has so many pages, COMMIT moves them into the file. */
    private static final int WAL_PAGES_MAX = 1_000;

    /** A log that a burst made longer is cut back to this. */
    private static final int WAL_BYTES_KEPT = 64 << 20;

    /** Pages that the writer keeps; a reader's are stale after each commit, so it gets the driver's 2 MB. */
    private static final int WRITER_CACHE_KIB = 64 << 10;

    private static final String LAST_BACKUP = "-last-backup";

    /** The database itself, and what SQLite and Parley keep beside it. */
    private static final Set<String> OWN_SUFFIXES =
            Set.of("", "-wal", "-shm", "-journal", "-lock", "-restoring", LAST_BACKUP);

    /** As many as Linux follows. */
    private static final int LINKS_MAX = 40;

    /** How long to wait for the lock of a file that nobody else is to have open. */
    private static final Duration ALONE = Duration.ofSeconds(1);

    private final String name;
    private final Path named;
    private final Path path;
    private final Duration busyTimeout;

    private SqliteFile(String name, Path named, Duration busyTimeout) {
        NativeLibrary.load();
        this.name = name;
        this.named = named;
        this.busyTimeout = busyTimeout;
        this.path = resolved();
    }

    /**
     * Where symbolic links lead, even to a file that is missing. SQLite follows them before it names the files that it keeps beside
     * the database, and a file that it made at the end of a link would have the rights that it gives to any.
     */
    private Path resolved() {
        Path file = named;
        try {
            for (int links = 0; Files.isSymbolicLink(file); links++) {
                if (links == LINKS_MAX) {
                    throw refused("its symbolic links lead in a circle");
                }
                file = file.resolveSibling(Files.readSymbolicLink(file));
            }
            Path folder = PrivateFiles.folderOf(file);
            return Files.isDirectory(folder) ? folder.toRealPath().resolve(file.getFileName()) : file;
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /**
     * The file of {@code parley.store.url}.
     *
     * @param busyTimeout how long a connection waits for a lock that another process holds
     */
    public static SqliteFile configured(Path path, Duration busyTimeout) {
        return new SqliteFile(StoreUrl.KEY + ": " + path.toAbsolutePath(), path.toAbsolutePath(), busyTimeout);
    }

    /** A file that somebody has named. */
    public static SqliteFile named(Path path) {
        return new SqliteFile(path.toString(), path.toAbsolutePath(), ALONE);
    }

    /** The file itself, with no symbolic link in its name. */
    public Path path() {
        return path;
    }

    /** The file as it was named. */
    Path named() {
        return named;
    }

    /** How long a connection waits for a lock that another process holds. */
    long busyMillis() {
        return busyTimeout.toMillis();
    }

    /**
     * Looks at the file before anything writes to it; where there is none, makes its folder.
     *
     * @throws InvalidConfiguration if it is no store; the file is left as it was, and nothing is left beside it
     */
    public void inspect() {
        refuseFolder();
        makeFolder();
        refuseUnlikeServer();
        if (Files.exists(path)) {
            refuseForeign();
            if (!Files.isWritable(path)) {
                throw refused(NO_FILE);
            }
        }
    }

    /** Refuses unless the file is there and is, or may become, a store of Parley's. */
    public void refuseMissing() {
        refuseFolder();
        refuseUnlikeServer();
        if (!Files.exists(path)) {
            throw refused("there is no such file; \"parley migrate\" makes one");
        }
        refuseForeign();
    }

    private void refuseFolder() {
        if (Files.isDirectory(path)) {
            throw refused("it is a folder");
        }
    }

    /** Before SQLite opens the file: it would make a log of its own where it does not find the server's. */
    private void refuseUnlikeServer() {
        server().fault().ifPresent(fault -> {
            throw refused(fault);
        });
    }

    /** The server that runs now. Not for a process that has the file open. */
    public StoreLock.Server server() {
        try {
            return StoreLock.serverOf(path);
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private void refuseForeign() {
        try {
            if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
                throw refused(NO_FILE);
            }
            byte[] header;
            try (var in = Files.newInputStream(path)) {
                header = in.readNBytes(HEADER_LENGTH);
            }
            if (header.length == 0) {
                return;
            }
            if (header.length < HEADER_LENGTH || !Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
                throw refused("it is not an SQLite database");
            }
            WalCheck.damage(beside("-wal")).ifPresent(damage -> {
                throw refused(
                        damage + "; \"parley restore\" a backup, or move the log away to do without what is in it");
            });
            refuseForeignTables(header[READ_VERSION_AT] == READ_VERSION_OF_WAL);
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private void refuseForeignTables(boolean wal) {
        try (Connection connection = wal && isAtRest() ? openAtRest() : openReader();
                Statement statement = connection.createStatement();
                ResultSet tables = statement.executeQuery(
                        "SELECT count(*), count(*) FILTER (WHERE name = 'flyway_schema_history') FROM sqlite_master")) {
            if (tables.getLong(1) > 0 && tables.getLong(2) == 0) {
                throw refused("it holds another application's tables");
            }
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    /**
     * Whether all that was ever committed is in the file itself and nobody has it open, as far as can be seen beside it. Whoever
     * opens a file with a write-ahead log leaves a trace there, readers too, which only a writer can clear away.
     */
    public boolean isAtRest() {
        return !Files.exists(beside("-shm")) && bytesBeside("-wal") == 0;
    }

    /** How many bytes are free on its disk; 0 where the disk cannot be asked. */
    long diskFree() {
        return path.toFile().getUsableSpace();
    }

    /** How large the file is that SQLite keeps under {@code suffix}; 0 where there is none. */
    public long bytesBeside(String suffix) {
        return beside(suffix).toFile().length();
    }

    /** When the last backup was made, in epoch milliseconds; 0 where none is known. */
    long lastBackupMillis() {
        return beside(LAST_BACKUP).toFile().lastModified();
    }

    /** Notes that a backup was made: the time of an empty file tells a running server, whose metrics show it. */
    public void noteBackup(Instant made) throws IOException {
        PrivateFiles.makeIfMissing(beside(LAST_BACKUP), path);
        Files.setLastModifiedTime(beside(LAST_BACKUP), FileTime.from(made));
    }

    /** Makes known what this process does with the file, and makes that where it is missing; refuses where another's doing is in the way. */
    public StoreLock claim(Claim claim) {
        try {
            return StoreLock.take(path, claim);
        } catch (Held e) {
            throw refused(e.why());
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /** The file that SQLite keeps beside the store under {@code suffix}. */
    public Path beside(String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    /** Whether {@code file} is the database under any name, or one of the files beside it. */
    public boolean owns(Path file) throws IOException {
        Path folder = PrivateFiles.folderOf(file);
        Path real = Files.isDirectory(folder) ? folder.toRealPath().resolve(file.getFileName()) : file;
        return OWN_SUFFIXES.stream().map(this::beside).anyMatch(real::equals)
                || (Files.exists(file) && Files.exists(path) && Files.isSameFile(file, path));
    }

    /** A refusal for what the file system says. */
    public InvalidConfiguration unreachable(IOException e) {
        return refused("it cannot be reached (" + e.getClass().getSimpleName() + ")");
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
        config.setTempStore(SQLiteConfig.TempStore.MEMORY); // what VACUUM copies is in no file beside
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
        } catch (SQLException | InvalidConfiguration e) {
            connection.close();
            throw e;
        }
    }

    /** Lets the server's claim on the file itself last. */
    void keep(StoreLock lock) throws SQLException {
        Connection connection = ofOneThread().createConnection(url());
        try (Statement statement = connection.createStatement()) {
            statement
                    .executeQuery("SELECT count(*) FROM sqlite_master")
                    .close(); // and has SQLite's shared lock from now on
            lock.keep(connection);
        } catch (SQLException e) {
            connection.close();
            throw e;
        } catch (Held e) {
            throw refused(e.why());
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /** A connection that cannot write. */
    public Connection openReader() throws SQLException {
        SQLiteConfig config = ofOneThread();
        config.setReadOnly(true);
        return config.createConnection(url());
    }

    /** A connection that cannot write and leaves no trace; for a file that nobody changes meanwhile. */
    public Connection openAtRest() throws SQLException {
        SQLiteConfig config = ofOneThread();
        config.setReadOnly(true);
        return config.createConnection("jdbc:sqlite:" + path.toUri() + "?immutable=1");
    }

    /** A connection for the only process that has the file open; commits are durable, and leave no log. */
    public Connection openAlone() throws SQLException {
        SQLiteConfig config = ofOneThread();
        config.setJournalMode(JournalMode.DELETE);
        config.setSynchronous(SynchronousMode.FULL);
        return config.createConnection(url());
    }

    /**
     * Brings all that was ever committed into the file itself and clears away what SQLite keeps beside it, so that another file
     * can take its place: a log that stayed would be taken for the other's.
     *
     * @throws InvalidConfiguration if a connection that Parley knows nothing of has the file open
     */
    public void retire() throws SQLException, IOException {
        if (Files.exists(path)) {
            try (Connection connection = openAlone()) {
                verify(connection, "journal_mode", "delete");
            } catch (SQLException e) {
                if (SqliteFailure.isLocked(e)) {
                    throw refused("another program has it open; close that first");
                }
                throw e;
            }
        }
        Files.deleteIfExists(beside("-wal"));
        Files.deleteIfExists(beside("-shm"));
        PrivateFiles.syncFolder(path);
    }

    /** The file for those who open it as they like, as Flyway does. */
    public DataSource dataSource() {
        var source = new SQLiteDataSource();
        source.setUrl(url());
        return source;
    }

    /** No two threads ever use one connection at once, so SQLite need not lock it on every call: a tenth of what a read costs. */
    private SQLiteConfig ofOneThread() {
        var config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.FULLMUTEX);
        config.setOpenMode(SQLiteOpenMode.NOMUTEX);
        config.resetOpenMode(SQLiteOpenMode.CREATE); // a file that was deleted is not begun anew in silence
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

    /** A refusal for what SQLite says; a lock is released some time. */
    InvalidConfiguration refused(SQLException e) {
        String line = line("SQLite says: " + e.getMessage());
        return SqliteFailure.isLocked(e) ? InvalidConfiguration.temporarily(line) : new InvalidConfiguration(line);
    }

    /** A refusal that names the setting and the file. */
    public InvalidConfiguration refused(String why) {
        return new InvalidConfiguration(line(why));
    }

    private String line(String why) {
        return name + " cannot be used: " + why + ".";
    }
}
