package dev.parley.store.sqlite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who uses the store, made known to other processes by locks on a file beside it. The operating system lets go of them when their
 * process ends, however it ends. SQLite's own locks come and go with each transaction and cannot tell that a server is running.
 *
 * <p>The file stays when nobody holds it; to delete it while somebody does would make two locks of one.
 */
final class StoreLock implements AutoCloseable {
    /** What a process wants of the store. */
    enum Claim {
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
            }
        },
        /** To read and write it beside a server or without one. */
        USE {
            @Override
            void take(StoreLock lock) throws IOException, Held {
                lock.take(Part.USED, true, REPLACED);
            }
        },
        /** To be its one backup. */
        SAVE {
            @Override
            void take(StoreLock lock) throws IOException, Held {
                lock.take(Part.USED, true, REPLACED);
                lock.take(Part.SAVED, false, "another backup of it is being made; try again when that is done");
            }
        },
        /** To be the only one, and put another file in its place. */
        REPLACE {
            @Override
            void take(StoreLock lock) throws IOException, Held {
                lock.take(Part.SERVED, false, lock.server().orElse("a server") + " serves it; stop that first");
                lock.take(Part.USED, false, "a command uses it; try again when that has ended");
            }
        };

        private static final String REPLACED = "a restore replaces it at this moment; try again when that is done";

        abstract void take(StoreLock lock) throws IOException, Held;
    }

    /** What is locked: a byte each, far behind what the file holds, because some systems let nobody read what is locked. */
    private enum Part {
        SERVED(0),
        /** Shared by all who use the store. */
        USED(1),
        SAVED(2);

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

    private static final int NUMBER_LENGTH_MAX = 20;

    private final FileChannel channel;

    private StoreLock(Path store) throws IOException {
        Path file = pathFor(store);
        OwnFile.makeIfMissing(file, store);
        channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private static Path pathFor(Path store) {
        return store.resolveSibling(store.getFileName() + "-lock");
    }

    /** Takes {@code claim} on {@code store} at once or not at all. */
    static StoreLock take(Path store, Claim claim) throws IOException, Held {
        var lock = new StoreLock(store);
        try {
            claim.take(lock);
            return lock;
        } catch (IOException | Held e) {
            lock.close();
            throw e;
        }
    }

    /** The server that runs now, for a person to read. */
    static Optional<String> serverOf(Path store) throws IOException {
        if (!Files.exists(pathFor(store))) {
            return Optional.empty();
        }
        try (var lock = new StoreLock(store);
                FileLock free = lock.tryLock(Part.SERVED, true)) {
            return free == null ? Optional.of(lock.server().orElse("another process")) : Optional.empty();
        }
    }

    private void take(Part part, boolean shared, String otherwise) throws IOException, Held {
        if (tryLock(part, shared) == null) {
            throw new Held(otherwise);
        }
    }

    private @Nullable FileLock tryLock(Part part, boolean shared) throws IOException {
        try {
            return channel.tryLock(part.position(), 1, shared);
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
    public void close() throws IOException {
        channel.close();
    }
}
