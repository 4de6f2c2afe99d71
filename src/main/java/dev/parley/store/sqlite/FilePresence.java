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
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Whether the names of the store's files still lead to the files that this process has open. A file that was deleted or replaced can
 * be written and read as before, and everything in it is gone with the process.
 *
 * <p>The writer checks after each commit and before it replies, so no write is acknowledged whose commit nobody would find again.
 * Reads cost too little for a check each; they rely on the last one, which is at most {@link #INTERVAL} old.
 */
final class FilePresence implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(FilePresence.class);

    static final Duration INTERVAL = Duration.ofMillis(250);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** Which file a name leads to: its device and inode, null where the file system has none. */
    private record Opened(Path path, @Nullable Object file, String what, String advice) {
        static Opened of(Path path, String what, String advice) throws IOException {
            return new Opened(path, fileAt(path), what, advice);
        }

        private static @Nullable Object fileAt(Path path) throws IOException {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        }

        /** What became of the name. */
        Optional<String> change() {
            try {
                return Objects.equals(fileAt(path), file) ? Optional.empty() : Optional.of("was replaced");
            } catch (NoSuchFileException e) {
                return Optional.of("was deleted or moved");
            } catch (IOException e) {
                return Optional.of("cannot be reached (" + e.getClass().getSimpleName() + ")");
            }
        }
    }

    private final List<Opened> files;
    private final ScheduledExecutorService checks;
    private volatile Runnable onLoss = () -> {};
    private volatile boolean lost;

    /** @param file has its log open already */
    FilePresence(SqliteFile file) throws IOException {
        this.files = List.of(
                Opened.of(
                        file.named(),
                        "the database",
                        "Move the file back, or restart the service to serve what is there now."),
                Opened.of(
                        file.beside("-wal"),
                        "its write-ahead log",
                        "Stop the service, which moves what was committed into the database, and start it again."),
                Opened.of(file.beside("-shm"), "the index of its write-ahead log", "Restart the service."));
        this.checks = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "parley-file-check");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Checks again and again from now on.
     *
     * @param onLoss runs each time that a file is found to be gone
     */
    void watch(Runnable onLoss) {
        this.onLoss = onLoss;
        var unused = checks.scheduleWithFixedDelay(
                this::check, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Whether a file was gone at the last check. */
    boolean isLost() {
        return lost;
    }

    /** Refuses if a file was gone at the last check. */
    void refuseLost() {
        if (lost) {
            throw unavailable();
        }
    }

    /** Checks now, and refuses if a file is gone. */
    void require() {
        check();
        refuseLost();
    }

    private static StoreUnavailable unavailable() {
        return new StoreUnavailable(
                "The store's file was deleted or replaced while the service runs; try again when it has been restored.",
                RETRY_AFTER);
    }

    private void check() {
        Opened gone = null;
        String change = null;
        for (Opened opened : files) {
            Optional<String> found = opened.change();
            if (found.isPresent()) {
                gone = opened;
                change = found.get();
                break;
            }
        }
        if (gone != null && !lost) {
            begin(gone, change);
        } else if (gone == null && lost) {
            end();
        }
    }

    private synchronized void begin(Opened gone, @Nullable String change) {
        if (!lost) {
            lost = true;
            LOG.errorf(
                    "%s, %s, %s while the service runs, so calls get 503. %s",
                    gone.path(), gone.what(), change, gone.advice());
            onLoss.run();
        }
    }

    private synchronized void end() {
        if (lost) {
            lost = false;
            LOG.infof(
                    "%s is back in its place; calls are served again",
                    files.get(0).path());
        }
    }

    @Override
    public void close() {
        checks.shutdownNow();
    }
}
