package dev.parley.store.sqlite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Shows other processes who uses the store, by locks on a file beside it, which end with their process. SQLite's own locks last for one
 * transaction and do not show that a server is running. The file is never deleted: otherwise a second process could lock a new one.
 *
 * <p>The lock file belongs to one name of the database, but a database can have several: hard links, and mounts of the file alone.
 * SQLite's write-ahead log belongs to the name too, so commits made under one name are invisible under another, and in the end both
 * logs overwrite each other's pages. Therefore a server also locks a byte of the database itself, which belongs to device and inode.
 * POSIX releases that lock when the process closes any descriptor of the database, and SQLite unlocks the whole file with its last
 * shared lock; neither happens while a connection has the database open in WAL mode, so {@link #lockFile} keeps one open.
 */
public final class StoreLock implements AutoCloseable {
    /** What a process does: the only server, a command beside it or without it, the only backup, or the only process at all. */
    public enum Claim {
        SERVE,
        USE,
        SAVE,
        REPLACE
    }

    // The bytes that are locked, far beyond the content of the file, because some systems prevent reads of locked
    // bytes.
    private static final long SERVED = 1L << 40;
    /** Shared by all processes that use the store. */
    private static final long USED = SERVED + 1;

    private static final long SAVED = SERVED + 2;
    /** By a server that has opened the database and its log. */
    private static final long OPENED = SERVED + 3;

    /** Another process has a conflicting claim. */
    static final class Held extends Exception {
        private Held(String why) {
            super(why);
        }
    }

    /**
     * A running server, as another process sees it.
     *
     * @param name the process; empty if none serves the store under this name
     * @param fault why the store cannot be used beside the server
     */
    public record Server(Optional<String> name, Optional<String> fault) {}

    private static final String OTHER_NAME =
            "a server has it open under another name (a link or a mount), or its lock file was deleted; stop that server first";

    private static final int PID_LENGTH_MAX = 20;

    /** A process that checks for a server holds the server's lock for a moment. */
    private static final int TRIES = 10;

    private static final Duration BETWEEN_TRIES = Duration.ofMillis(20);

    private final Path store;
    private final FileChannel channel;
    private @Nullable FileChannel storeChannel;
    private @Nullable Connection keeper;

    private StoreLock(Path store, OpenOption... options) throws IOException {
        this.store = store;
        this.channel = FileChannel.open(lockFileOf(store), options);
    }

    private static Path lockFileOf(Path store) {
        return store.resolveSibling(store.getFileName() + "-lock");
    }

    /** Locks {@code store} for {@code claim} without waiting; creates an empty file if there is none and the claim needs it. */
    static StoreLock acquire(Path store, Claim claim) throws IOException, Held {
        if (claim != Claim.REPLACE) { // other names keep the old file then
            refuseUnusedName(store);
        }
        PrivateFiles.createIfMissing(lockFileOf(store), Files.exists(store) ? store : PrivateFiles.folderOf(store));
        var lock = new StoreLock(store, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            lock.acquire(claim);
            return lock;
        } catch (IOException | Held e) {
            lock.close();
            throw e;
        }
    }

    private void acquire(Claim claim) throws IOException, Held {
        if (claim == Claim.REPLACE) {
            require(SERVED, false, process() + " serves it; stop that first");
            require(USED, false, "a command uses it; try again when that has ended");
            refuse(otherName(store));
            return;
        }
        require(USED, true, "a restore is replacing it; try again when that has ended");
        if (claim == Claim.SERVE) {
            require(SERVED, false, process() + " serves it already");
            writePid();
            refuse(otherName(store));
        } else if (claim == Claim.SAVE) {
            require(SAVED, false, "another backup is running; try again when that has ended");
        }
        if (claim != Claim.SERVE) {
            refuse(seen().fault());
        }
        if (claim != Claim.SAVE) {
            PrivateFiles.createIfMissing(store);
        }
    }

    private static void refuse(Optional<String> reason) throws Held {
        if (reason.isPresent()) {
            throw new Held(reason.get());
        }
    }

    /**
     * Rejects a file that has several names (hard links), unless it was used under this one before: after a crash the last commits
     * are in a log beside the name that was used.
     */
    private static void refuseUnusedName(Path store) throws IOException, Held {
        if (Files.exists(lockFileOf(store))
                || !Files.exists(store)
                || !store.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return;
        }
        int names = (Integer) Files.getAttribute(store, "unix:nlink");
        if (names > 1) {
            throw new Held("it has " + names
                    + " names (hard links), and the last commits may be in a log beside another one;"
                    + " use the name under which it was used, or remove the others");
        }
    }

    /** The running server, as another process sees it. */
    static Server serverOf(Path store) throws IOException {
        if (!Files.exists(lockFileOf(store))) {
            return new Server(Optional.empty(), otherName(store));
        }
        try (var lock = new StoreLock(store, StandardOpenOption.READ)) {
            return lock.seen();
        }
    }

    private Server seen() throws IOException {
        if (!isLocked(channel, SERVED)) {
            return new Server(Optional.empty(), otherName(store));
        }
        String name = process();
        Optional<String> loss = isLocked(channel, OPENED) ? loss() : Optional.empty();
        return new Server(Optional.of(name), loss.map(what -> what + " while " + name + " serves it; restart that"));
    }

    /** Which file is no longer where the server opened it; a process beside the server must open the same ones. */
    private Optional<String> loss() throws IOException {
        if (!Files.exists(store)) {
            return Optional.of("the file was deleted");
        }
        if (!isStoreLocked(store)) {
            return Optional.of("the file was replaced");
        }
        return Files.exists(store.resolveSibling(store.getFileName() + "-wal"))
                ? Optional.empty()
                : Optional.of("its write-ahead log was deleted");
    }

    private static Optional<String> otherName(Path store) throws IOException {
        return isStoreLocked(store) ? Optional.of(OTHER_NAME) : Optional.empty();
    }

    /** Not for a process that has the database open: closing the channel releases the locks of that process. */
    private static boolean isStoreLocked(Path store) throws IOException {
        if (!Files.exists(store)) {
            return false;
        }
        try (FileChannel file = FileChannel.open(store, StandardOpenOption.READ)) {
            return isLocked(file, SERVED);
        }
    }

    /**
     * Locks the database itself until this is closed.
     *
     * @param connection has the database open in WAL mode; it is closed with this
     * @throws Held if another server has locked it under another name
     */
    void lockFile(Connection connection) throws IOException, Held {
        keeper = connection;
        storeChannel = FileChannel.open(store, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (!lock(storeChannel, SERVED, false)) {
            throw new Held(OTHER_NAME);
        }
        require(OPENED, false, "another process serves it already");
    }

    private static boolean isLocked(FileChannel file, long part) throws IOException {
        try (FileLock free = tryLock(file, part, true)) {
            return free == null;
        }
    }

    private void require(long part, boolean shared, String otherwise) throws IOException, Held {
        if (!lock(channel, part, shared)) {
            throw new Held(otherwise);
        }
    }

    private static boolean lock(FileChannel file, long part, boolean shared) throws IOException {
        for (int tries = 1; tryLock(file, part, shared) == null; tries++) {
            if (tries == TRIES) {
                return false;
            }
            LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
        }
        return true;
    }

    private static @Nullable FileLock tryLock(FileChannel file, long part, boolean shared) throws IOException {
        try {
            return file.tryLock(part, 1, shared);
        } catch (OverlappingFileLockException e) {
            return null; // locked by this process
        }
    }

    /** A server writes its process id, so that error messages can name it. */
    private void writePid() throws IOException {
        String pid = Long.toString(ProcessHandle.current().pid());
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
    }

    /** Reads the id through this channel: closing a second channel of the file would release the locks of this process. */
    private String process() throws IOException {
        var pid = ByteBuffer.allocate(PID_LENGTH_MAX);
        int length = channel.read(pid, 0);
        return length <= 0
                ? "another process"
                : "process " + new String(pid.array(), 0, length, StandardCharsets.US_ASCII);
    }

    @Override
    @SuppressWarnings("try") // the resources are closed and not used
    public void close() throws IOException {
        try (channel;
                FileChannel last = storeChannel;
                Connection first = keeper) {
            // SQLite deletes its log with its last connection, and needs its locks to do so.
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }
}
