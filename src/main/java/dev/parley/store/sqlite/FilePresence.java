package dev.parley.store.sqlite;

import dev.parley.session.SignalingException.StoreUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
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
 *
 * <p>The log and its index are looked up only when their folder has changed, because since Linux 6.13 a lookup makes a commit slower:
 * the next write of the log then gets a time of its own, and fsync writes the inode with it, not only the data.
 */
final class FilePresence {
    private static final Logger LOG = Logger.getLogger(FilePresence.class);

    /** Longer than the resolution of the times of any file system: after that, another change of the folder has another time. */
    private static final Duration SETTLED = Duration.ofSeconds(10);

    /** Paths with the device and inode of their file; null where the file system has none. */
    private final Map<Path, @Nullable Object> opened = new LinkedHashMap<>();

    private final Path database;
    private final Path folder;

    private final boolean unix;
    private final InstantSource clock;

    /** Last change of the folder when all files were last looked up; null if another change could have the same time. */
    private volatile @Nullable FileTime lookedUp;

    private volatile boolean lost;

    /**
     * @param file its log exists already
     * @param clock of the file system
     */
    FilePresence(SqliteFile file, InstantSource clock) throws IOException {
        this.database = file.named();
        this.folder = PrivateFiles.folderOf(file.path());
        this.unix = folder.getFileSystem().supportedFileAttributeViews().contains("unix");
        this.clock = clock;
        for (Path path : List.of(database, file.beside("-wal"), file.beside("-shm"))) {
            opened.put(path, fileAt(path));
        }
    }

    private static @Nullable Object fileAt(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    /** The time of the last change of the folder, which no program can set; null where the file system has none. */
    private @Nullable FileTime lastChange() throws IOException {
        return unix ? (FileTime) Files.getAttribute(folder, "unix:ctime") : null;
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
        Path path = folder;
        try {
            FileTime change = lastChange();
            boolean changed = change == null || !change.equals(lookedUp);
            for (var file : opened.entrySet()) {
                path = file.getKey();
                if ((changed || path.equals(database)) && !Objects.equals(fileAt(path), file.getValue())) {
                    return path + " was replaced";
                }
            }
            if (change != null && changed) {
                lookedUp = change.toInstant().isBefore(clock.instant().minus(SETTLED)) ? change : null;
            }
            return null;
        } catch (NoSuchFileException e) {
            return path + " was deleted or moved";
        } catch (IOException e) {
            return path + " cannot be reached (" + e.getClass().getSimpleName() + ")";
        }
    }
}
