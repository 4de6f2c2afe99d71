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
 * Shows other processes who uses the store, by locks on a file beside it. The operating system releases them when their process ends,
 * however it ends. SQLite's own locks last for one transaction and do not show that a server is running. The file is never deleted:
 * if it were deleted while it is locked, a second process could lock a new one.
 *
 * <p>The lock file belongs to one name of the database, but a database can have several: hard links, and mounts of the file alone.
 * SQLite's write-ahead log belongs to the name too, so commits made under one name are invisible under another, and in the end both
 * logs overwrite each other's pages. Therefore a server also locks a byte of the database itself, which belongs to device and inode.
 * POSIX releases that lock when the process closes any descriptor of the database, and SQLite unlocks the whole file with its last
 * shared lock; neither happens while a connection has the database open in WAL mode, so {@link #lockFile} keeps one open.
 */
public final class StoreLock implements AutoCloseable {
    /** What a process does with the store. */
    public enum Claim {
        /** The only server, beside which commands run. A second one would not see the commits of the first. */
        SERVE,
        /** A command that reads and writes, beside a server or without one. */
        USE,
        /** The only backup at this time. */
        SAVE,
        /** The only process, which replaces the file. */
        REPLACE
    }

    /** The byte that is locked, far beyond the content of the file, because some systems prevent reads of locked bytes. */
    private enum Part {
        SERVED(0),
        /** Shared by all processes that use the store. */
        USED(1),
        SAVED(2),
        /** By a server that has opened the database and its log. */
        OPENED(3);

        private final long position;

        Part(int offset) {
            position = (1L << 40) + offset;
        }

        long position() {
            return position;
        }
    }

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
            require(Part.SERVED, false, process().orElse("a server") + " serves it; stop that first");
            require(Part.USED, false, "a command uses it; try again when that has ended");
            refuseOtherName();
            return;
        }
        require(Part.USED, true, "a restore is replacing it; try again when that has ended");
        switch (claim) {
            case SERVE -> {
                require(Part.SERVED, false, process().orElse("another process") + " serves it already");
                writePid();
                refuseOtherName();
            }
            case SAVE -> require(Part.SAVED, false, "another backup is running; try again when that has ended");
            default -> {}
        }
        if (claim != Claim.SERVE) {
            Optional<String> fault = seen().fault();
            if (fault.isPresent()) {
                throw new Held(fault.get());
            }
        }
        if (claim != Claim.SAVE) {
            PrivateFiles.createIfMissing(store);
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
            return noServer(store);
        }
        try (var lock = new StoreLock(store, StandardOpenOption.READ)) {
            return lock.seen();
        }
    }

    private static Server noServer(Path store) throws IOException {
        return new Server(Optional.empty(), isStoreLocked(store) ? Optional.of(OTHER_NAME) : Optional.empty());
    }

    private Server seen() throws IOException {
        if (!isLocked(channel, Part.SERVED)) {
            return noServer(store);
        }
        String name = process().orElse("another process");
        return new Server(
                Optional.of(name),
                isLocked(channel, Part.OPENED)
                        ? loss().map(loss -> loss + " while " + name + " serves it; restart that")
                        : Optional.empty());
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

    private void refuseOtherName() throws IOException, Held {
        if (isStoreLocked(store)) {
            throw new Held(OTHER_NAME);
        }
    }

    /** Not for a process that has the database open: closing the channel releases the locks of that process. */
    private static boolean isStoreLocked(Path store) throws IOException {
        if (!Files.exists(store)) {
            return false;
        }
        try (FileChannel file = FileChannel.open(store, StandardOpenOption.READ)) {
            return isLocked(file, Part.SERVED);
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
        if (tryLock(storeChannel, Part.SERVED, false) == null) {
            throw new Held(OTHER_NAME);
        }
        require(Part.OPENED, false, "another process serves it already");
    }

    private static boolean isLocked(FileChannel file, Part part) throws IOException {
        try (FileLock free = tryLockOnce(file, part, true)) {
            return free == null;
        }
    }

    private void require(Part part, boolean shared, String otherwise) throws IOException, Held {
        if (tryLock(channel, part, shared) == null) {
            throw new Held(otherwise);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel file, Part part, boolean shared) throws IOException {
        FileLock lock = tryLockOnce(file, part, shared);
        for (int tries = 1; lock == null && tries < TRIES; tries++) {
            LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
            lock = tryLockOnce(file, part, shared);
        }
        return lock;
    }

    private static @Nullable FileLock tryLockOnce(FileChannel file, Part part, boolean shared) throws IOException {
        try {
            return file.tryLock(part.position(), 1, shared);
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
    private Optional<String> process() throws IOException {
        var pid = ByteBuffer.allocate(PID_LENGTH_MAX);
        int length = channel.read(pid, 0);
        return length <= 0
                ? Optional.empty()
                : Optional.of("process " + new String(pid.array(), 0, length, StandardCharsets.US_ASCII));
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
