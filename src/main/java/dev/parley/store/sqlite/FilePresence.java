package dev.parley.store.sqlite;

import dev.parley.session.SignalingException.StoreUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Whether the paths of the database, its log and the log's index still lead to the files that this process has open. A file that was
 * deleted or replaced accepts writes and reads as before, but its content is lost when the process ends.
 *
 * <p>The writer checks before each transaction; after COMMIT and before it replies, so that no write is acknowledged whose commit is
 * lost; and at short intervals while it is idle, which is what reads rely on.
 */
final class FilePresence {
    private static final Logger LOG = Logger.getLogger(FilePresence.class);

    /** Paths with the device and inode of their file; null where the file system has none. */
    private final Map<Path, @Nullable Object> opened = new LinkedHashMap<>();

    private volatile boolean lost;

    /** @param file its log exists already */
    FilePresence(SqliteFile file) throws IOException {
        for (Path path : List.of(file.named(), file.beside("-wal"), file.beside("-shm"))) {
            opened.put(path, fileAt(path));
        }
    }

    private static @Nullable Object fileAt(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
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
                    Duration.ofSeconds(5));
        }
    }

    /** Checks, and throws {@link StoreUnavailable} if a file is missing. */
    void require() {
        check();
        requireLast();
    }

    /** Checks, and logs when a file is lost and when it is back; from any thread. */
    void check() {
        String loss = loss();
        if ((loss != null) == lost) {
            return;
        }
        synchronized (this) {
            if (loss != null && !lost) {
                LOG.errorf(
                        "%s while the service runs; requests get 503. Move the file back, or restart the service, which moves"
                                + " committed data from the log into the database when it stops",
                        loss);
            } else if (loss == null && lost) {
                LOG.info("The store's files are back; requests are served again");
            }
            lost = loss != null;
        }
    }

    private @Nullable String loss() {
        for (var file : opened.entrySet()) {
            Path path = file.getKey();
            try {
                if (!Objects.equals(fileAt(path), file.getValue())) {
                    return path + " was replaced";
                }
            } catch (NoSuchFileException e) {
                return path + " was deleted or moved";
            } catch (IOException e) {
                return path + " cannot be reached (" + e.getClass().getSimpleName() + ")";
            }
        }
        return null;
    }
}
