package dev.parley.store.postgresql;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * The newest timeline of each cluster that this node has seen, by its system identifier. A primary on a lower timeline is an old one
 * that was started again after a failover. A file keeps it, so that a restarted node refuses the old primary even if that is the only
 * server that it can reach; the table {@code cluster_timelines} has it too, for every other node.
 */
final class SeenTimelines {
    private static final Logger LOG = Logger.getLogger(SeenTimelines.class);
    private static final String COMMENT = "The newest timeline that was seen of each PostgreSQL cluster";

    private final Optional<Path> file;
    private final Map<Long, Long> newest = new ConcurrentHashMap<>();
    private volatile boolean unsaved;
    private boolean complained;

    /** @param file is read now and written by {@link #save}; without one, what was seen ends with the process */
    SeenTimelines(Optional<Path> file) {
        this.file = file;
        file.ifPresent(this::load);
    }

    /** 0 where none has been seen. */
    long newest(long system) {
        return newest.getOrDefault(system, 0L);
    }

    /** Somebody has seen {@code timeline}; a lower one than before changes nothing. */
    void saw(long system, long timeline) {
        if (timeline > newest(system)) {
            newest.merge(system, timeline, Math::max);
            unsaved = true;
        }
    }

    /** Writes the file if something has been seen since the last time. A failure is logged once and otherwise ignored. */
    synchronized void save() {
        if (!unsaved || file.isEmpty()) {
            return;
        }
        unsaved = false;
        Path path = file.get().toAbsolutePath();
        try {
            Files.createDirectories(path.getParent());
            load(path); // a command beside the server may have written it
            var lines = new Properties();
            newest.forEach(
                    (system, timeline) -> lines.setProperty(Long.toUnsignedString(system), Long.toString(timeline)));
            Path partial = path.resolveSibling(path.getFileName() + ".partial");
            try (OutputStream out = Files.newOutputStream(partial)) {
                lines.store(out, COMMENT);
            }
            Files.move(partial, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            complain("be written", e);
        }
    }

    private void load(Path path) {
        if (!Files.exists(path)) {
            return;
        }
        var lines = new Properties();
        try (InputStream in = Files.newInputStream(path)) {
            lines.load(in);
            for (String system : lines.stringPropertyNames()) {
                newest.merge(Long.parseUnsignedLong(system), Long.parseLong(lines.getProperty(system)), Math::max);
            }
        } catch (IOException | IllegalArgumentException e) {
            complain("be read", e);
        }
    }

    private synchronized void complain(String action, Exception e) {
        if (!complained) {
            LOG.warnf(
                    "%s: %s cannot %s (%s); after a restart this node refuses an old primary only if another server tells"
                            + " that there is a newer one",
                    PrimaryLocator.FILE_KEY, file.orElseThrow(), action, e);
            complained = true;
        }
    }
}
