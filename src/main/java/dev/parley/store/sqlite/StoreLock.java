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
 * Who uses the store, made known to other processes by locks on a file beside it. The operating system lets go of them when their
 * process ends, however it ends. SQLite's own locks come and go with each transaction and cannot tell that a server is running.
 *
 * <p>The file stays when nobody holds it; to delete it while somebody does would make two locks of one.
 *
 * <p>That file is found by the name of the database, and a database can have several: hard links, and mounts of the file alone. SQLite
 * keeps its write-ahead log beside the name too, so commits made under one name are invisible under another, and both logs in the end
 * overwrite each other's pages. Therefore a server also locks a byte of the database itself, which belongs to the device and inode.
 * POSIX drops that lock when the process closes any descriptor of the database, and SQLite unlocks the whole file with its last shared
 * lock; both happen only when no connection has the database open in WAL mode, so {@link #keep} holds one open.
 */
public final class StoreLock implements AutoCloseable {
    /** What a process wants of the store. */
    public enum Claim {
        /**
         * To be its one server, beside which commands may use it. Two would each miss what the other commits, because who waits
         * and how far the history has come is known within a process.
         */
        SERVE {
            @Override
            void take(StoreLock lock) throws IOException, Held {
                lock.take(Part.USED, true, REPLACED);
                lock.take(Part.SERVED, false, lock.server().orElse("another process") + " serves it already");
                lock.sign();
                lock.makeStore();
                lock.lockStore();
            }
        },
        /** To read and write it beside a server or without one. */
        USE {
            @Override
            void take(StoreLock lock) throws IOException, Held {
                lock.take(Part.USED, true, REPLACED);
                lock.refuseUnlikeServer();
                lock.makeStore();
            }
        },
        /** To be its one backup. */
        SAVE {
            @Override
            void take(StoreLock lock) throws IOException, Held {
                lock.take(Part.USED, true, REPLACED);
                lock.take(Part.SAVED, false, "another backup of it is being made; try again when that is done");
                lock.refuseUnlikeServer();
            }
        },
        /** To be the only one, and put another file in its place. */
        REPLACE {
            @Override
            void take(StoreLock lock) throws IOException, Held {
                lock.take(Part.SERVED, false, lock.server().orElse("a server") + " serves it; stop that first");
                lock.take(Part.USED, false, "a command uses it; try again when that has ended");
                if (lock.isStoreLocked()) {
                    throw new Held(OTHER_NAME);
                }
            }

            @Override
            boolean isAnyNameGood() {
                return true; // the other names keep the old file
            }
        };

        private static final String REPLACED = "a restore replaces it at this moment; try again when that is done";

        abstract void take(StoreLock lock) throws IOException, Held;

        /** Whether it does not matter where the log of the last commits is. */
        boolean isAnyNameGood() {
            return false;
        }
    }

    /** What is locked: a byte each, far behind what the file holds, because some systems let nobody read what is locked. */
    private enum Part {
        SERVED(0),
        /** Shared by all who use the store. */
        USED(1),
        SAVED(2),
        /** By a server that has the database open, with its log. */
        OPENED(3);

        private static final long FIRST = 1L << 40;

        private final int number;

        Part(int number) {
            this.number = number;
        }

        long position() {
            return FIRST + number;
        }
    }

    /** Somebody else's claim is in the way. */
    static final class Held extends Exception {
        private final String why;

        private Held(String why) {
            super(why);
            this.why = why;
        }

        String why() {
            return why;
        }
    }

    /**
     * What another process sees of a server.
     *
     * @param name the process, where one serves the store under this name
     * @param fault why the store cannot be used beside the server
     */
    public record Server(Optional<String> name, Optional<String> fault) {}

    private static final String OTHER_NAME =
            "a server has it open under another name (a link or a mount), or its lock file was deleted; stop that server first";

    private static final int NUMBER_LENGTH_MAX = 20;

    /** Whoever looks for a server holds the server's lock for an instant. */
    private static final int TRIES = 10;

    private static final Duration BETWEEN_TRIES = Duration.ofMillis(20);

    private final Path store;
    private final FileChannel channel;
    private @Nullable FileChannel storeChannel;
    private @Nullable FileLock storeLock;
    private @Nullable Connection keeper;

    private StoreLock(Path store, OpenOption... options) throws IOException {
        this.store = store;
        this.channel = FileChannel.open(pathFor(store), options);
    }

    private static Path pathFor(Path store) {
        return store.resolveSibling(store.getFileName() + "-lock");
    }

    /** Takes {@code claim} on {@code store} at once or not at all; makes an empty file where there is none and the claim needs it. */
    static StoreLock take(Path store, Claim claim) throws IOException, Held {
        if (!claim.isAnyNameGood()) {
            refuseUnusedName(store);
        }
        PrivateFiles.makeIfMissing(pathFor(store), Files.exists(store) ? store : PrivateFiles.folderOf(store));
        var lock = new StoreLock(store, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            claim.take(lock);
            return lock;
        } catch (IOException | Held e) {
            lock.close();
            throw e;
        }
    }

    /**
     * Refuses a file that has other names, unless it was used under this one before. After a crash the last commits are in a log
     * beside the name that was used.
     */
    private static void refuseUnusedName(Path store) throws IOException, Held {
        int names = names(store);
        if (names > 1 && !Files.exists(pathFor(store))) {
            throw new Held("it has " + names
                    + " names (hard links), and what was committed last may be in a log beside another one;"
                    + " use the name that it was used under, or remove the other ones");
        }
    }

    private static int names(Path store) throws IOException {
        boolean counted = store.getFileSystem().supportedFileAttributeViews().contains("unix");
        return counted && Files.exists(store) ? (Integer) Files.getAttribute(store, "unix:nlink") : 1;
    }

    /** The server that runs now, as another process sees it. */
    static Server serverOf(Path store) throws IOException {
        if (!Files.exists(pathFor(store))) {
            return new Server(Optional.empty(), isStoreLocked(store) ? Optional.of(OTHER_NAME) : Optional.empty());
        }
        try (var lock = new StoreLock(store, StandardOpenOption.READ)) {
            return lock.seen();
        }
    }

    private Server seen() throws IOException {
        if (!isLocked(channel, Part.SERVED)) {
            return new Server(Optional.empty(), isStoreLocked() ? Optional.of(OTHER_NAME) : Optional.empty());
        }
        String name = server().orElse("another process");
        return new Server(
                Optional.of(name),
                isLocked(channel, Part.OPENED)
                        ? missing().map(what -> what + " while " + name + " serves it; restart that")
                        : Optional.empty());
    }

    /** What is no longer where the server opened it. */
    private Optional<String> missing() throws IOException {
        if (!Files.exists(store)) {
            return Optional.of("the file was deleted");
        }
        if (!isStoreLocked()) {
            return Optional.of("the file was replaced");
        }
        return Files.exists(store.resolveSibling(store.getFileName() + "-wal"))
                ? Optional.empty()
                : Optional.of("its write-ahead log was deleted");
    }

    /** A process beside a server must have the server's file open, and the server's log. */
    private void refuseUnlikeServer() throws IOException, Held {
        Optional<String> fault = seen().fault();
        if (fault.isPresent()) {
            throw new Held(fault.get());
        }
    }

    private void makeStore() throws IOException {
        PrivateFiles.makeIfMissing(store);
    }

    /** Makes the server known under every name of the store. */
    private void lockStore() throws IOException, Held {
        storeChannel = FileChannel.open(store, StandardOpenOption.READ, StandardOpenOption.WRITE);
        storeLock = tryLock(storeChannel, Part.SERVED, false);
        if (storeLock == null) {
            throw new Held(OTHER_NAME);
        }
    }

    /**
     * Keeps the lock of the database itself for as long as this is open.
     *
     * @param connection has the database open in WAL mode, and is closed with this
     * @throws Held if another server took the lock since, under another name
     */
    void keep(Connection connection) throws IOException, Held {
        keeper = connection;
        if (storeLock != null) {
            storeLock.release(); // to Java it was there, whatever became of it
        }
        if (storeChannel != null) {
            storeLock = tryLock(storeChannel, Part.SERVED, false);
        }
        if (storeLock == null) {
            throw new Held(OTHER_NAME);
        }
        take(Part.OPENED, false, "another process serves it already");
    }

    private boolean isStoreLocked() throws IOException {
        return isStoreLocked(store);
    }

    /** Not for a process that has the database open: closing the channel lets go of that process' locks. */
    private static boolean isStoreLocked(Path store) throws IOException {
        if (!Files.exists(store)) {
            return false;
        }
        try (FileChannel file = FileChannel.open(store, StandardOpenOption.READ)) {
            return isLocked(file, Part.SERVED);
        }
    }

    private static boolean isLocked(FileChannel file, Part part) throws IOException {
        try (FileLock free = tryLockOnce(file, part, true)) {
            return free == null;
        }
    }

    private void take(Part part, boolean shared, String otherwise) throws IOException, Held {
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
            return null; // held in this very process
        }
    }

    /** A server leaves its number, so that a refusal can name it. */
    private void sign() throws IOException {
        String number = Long.toString(ProcessHandle.current().pid());
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(number.getBytes(StandardCharsets.US_ASCII)), 0);
    }

    private Optional<String> server() throws IOException {
        // Through this channel: to open the file once more and close it would let go of the locks that this process
        // holds.
        var number = ByteBuffer.allocate(NUMBER_LENGTH_MAX);
        int length = channel.read(number, 0);
        return length <= 0
                ? Optional.empty()
                : Optional.of("process " + new String(number.array(), 0, length, StandardCharsets.US_ASCII));
    }

    @Override
    @SuppressWarnings("try") // what is closed is not asked
    public void close() throws IOException {
        try (channel;
                FileChannel last = storeChannel;
                Connection first = keeper) {
            // SQLite clears its log away with its last connection, and needs its locks for that.
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }
}
