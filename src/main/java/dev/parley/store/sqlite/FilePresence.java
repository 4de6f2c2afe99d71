package dev.parley.store.sqlite;

import dev.parley.session.SignalingException.StoreUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Whether the paths of the store's files still lead to the files that this process has open. A file that was deleted or replaced
 * accepts writes and reads as before, but its content is lost when the process ends.
 *
 * <p>The writer checks before a transaction, after its COMMIT and before it replies, so that no write is acknowledged whose commit is
 * lost; and at short intervals while it is idle, which is what reads rely on.
 */
final class FilePresence {
    private static final Logger LOG = Logger.getLogger(FilePresence.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /**
     * A file that was opened.
     *
     * @param key its device and inode; null where the file system has none
     */
    private record Opened(
            Path path, String what, String advice, @Nullable Object key) {
        static Opened of(Path path, String what, String advice) throws IOException {
            return new Opened(path, what, advice, keyAt(path));
        }

        private static @Nullable Object keyAt(Path path) throws IOException {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        }

        /** What happened to the path; null if it still leads to the file. */
        @Nullable
        String change() {
            try {
                return Objects.equals(keyAt(path), key) ? null : "was replaced";
            } catch (NoSuchFileException e) {
                return "was deleted or moved";
            } catch (IOException e) {
                return "cannot be reached (" + e.getClass().getSimpleName() + ")";
            }
        }
    }

    private final List<Opened> files;
    private volatile boolean lost;

    /** @param file its log exists already */
    FilePresence(SqliteFile file) throws IOException {
        this.files = List.of(
                Opened.of(
                        file.named(),
                        "the database",
                        "Move the file back, or restart the service to use the file that is there now."),
                Opened.of(
                        file.beside("-wal"),
                        "its write-ahead log",
                        "Restart the service; it moves committed data into the database when it stops."),
                Opened.of(file.beside("-shm"), "the index of its write-ahead log", "Restart the service."));
    }

    /** Whether a file was missing at the last check. */
    boolean isLost() {
        return lost;
    }

    /** Throws {@link StoreUnavailable} if a file was missing at the last check. */
    void requireLast() {
        if (lost) {
            throw new StoreUnavailable(
                    "The store's file was deleted or replaced while the service runs; try again when it is restored.",
                    RETRY_AFTER);
        }
    }

    /** Checks, and throws {@link StoreUnavailable} if a file is missing. */
    void require() {
        check();
        requireLast();
    }

    /** Checks, and logs a change; from any thread. */
    void check() {
        for (Opened file : files) {
            String change = file.change();
            if (change != null) {
                if (!lost) {
                    begin(file, change);
                }
                return;
            }
        }
        if (lost) {
            end();
        }
    }

    private synchronized void begin(Opened file, String change) {
        if (!lost) {
            lost = true;
            LOG.errorf(
                    "%s, %s, %s while the service runs; requests get 503. %s",
                    file.path, file.what, change, file.advice);
        }
    }

    private synchronized void end() {
        if (lost) {
            lost = false;
            LOG.infof("%s is back; requests are served again", files.get(0).path);
        }
    }
}
