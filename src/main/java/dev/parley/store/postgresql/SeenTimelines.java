package dev.parley.store.postgresql;

import dev.parley.config.InvalidConfiguration;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * The newest timeline of each cluster that this node has seen, by its system identifier. A primary on a lower timeline is an old one
 * that was started again after a failover. A file keeps it, so that a restarted node refuses the old primary even if that is the only
 * server that it can reach.
 *
 * <p>What only the file says is not passed on to other nodes: it may be of a copy of the cluster.
 */
final class SeenTimelines {
    private static final Logger LOG = Logger.getLogger(SeenTimelines.class);
    private static final String COMMENT = "The newest timeline that was seen of each PostgreSQL cluster";
    private static final long TIMELINE_MAX = 0xFFFF_FFFFL;

    private final Optional<Path> file;
    private final boolean writes;
    private final Map<Long, Long> shown = new ConcurrentHashMap<>();
    private volatile Map<Long, Long> remembered = Map.of();
    private boolean loaded;
    private volatile boolean unsaved;
    private boolean complained;

    /**
     * @param file without one, what was seen ends with the process
     * @param writes whether the file is written, or only read
     */
    SeenTimelines(Optional<Path> file, boolean writes) {
        this.file = file;
        this.writes = writes;
    }

    /**
     * Reads the file, the first time.
     *
     * @throws InvalidConfiguration if there is one and it cannot be read: what it said is not to be forgotten
     */
    synchronized void load() {
        if (!loaded && file.isPresent()) {
            remembered = read(file.get());
        }
        loaded = true;
    }

    /** 0 where none has been seen. */
    long newest(long system) {
        return Math.max(shown(system), remembered.getOrDefault(system, 0L));
    }

    /** The newest that a server has shown to this process; 0 for none. */
    long shown(long system) {
        return shown.getOrDefault(system, 0L);
    }

    /** Where {@code timeline} of {@code system} is known from, if no server has shown it to this process. */
    Optional<Path> source(long system, long timeline) {
        return shown(system) < timeline ? file : Optional.empty();
    }

    /** A server has shown {@code timeline}; a lower one than before changes nothing. */
    void saw(long system, long timeline) {
        if (timeline > shown(system)) {
            shown.merge(system, timeline, Math::max);
            unsaved = true;
        }
    }

    /** Writes the file if something has been seen since the last time. A failure is logged once and otherwise ignored. */
    synchronized void save() {
        if (!unsaved || !writes || file.isEmpty()) {
            return;
        }
        unsaved = false;
        Path path = file.get().toAbsolutePath();
        try {
            Files.createDirectories(path.getParent());
            var newest = new HashMap<Long, Long>(read(path)); // another node may have the same file
            shown.forEach((system, timeline) -> newest.merge(system, timeline, Math::max));
            write(path, newest);
        } catch (IOException | InvalidConfiguration e) {
            complain(e);
        }
    }

    private static void write(Path path, Map<Long, Long> newest) throws IOException {
        var lines = new Properties();
        newest.forEach((system, timeline) -> lines.setProperty(Long.toUnsignedString(system), Long.toString(timeline)));
        var text = new ByteArrayOutputStream();
        lines.store(text, COMMENT);
        Path partial = path.resolveSibling(path.getFileName() + ".partial");
        try (FileChannel out = FileChannel.open(
                partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            out.write(ByteBuffer.wrap(text.toByteArray()));
            out.force(true);
        }
        Files.move(partial, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Map<Long, Long> read(Path path) {
        var timelines = new HashMap<Long, Long>();
        if (!Files.exists(path)) {
            return timelines;
        }
        var lines = new Properties();
        try (InputStream in = Files.newInputStream(path)) {
            lines.load(in);
            for (String system : lines.stringPropertyNames()) {
                long timeline = Long.parseLong(lines.getProperty(system));
                if (timeline < 1 || timeline > TIMELINE_MAX) {
                    throw new IllegalArgumentException(timeline + " is not a timeline");
                }
                timelines.put(Long.parseUnsignedLong(system), timeline);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable(path, e);
        }
        if (timelines.isEmpty()) {
            throw unreadable(path, new IOException("it is empty"));
        }
        return timelines;
    }

    private static InvalidConfiguration unreadable(Path path, Exception e) {
        return new InvalidConfiguration(PrimaryLocator.FILE_KEY + ": " + path + " cannot be read (" + e.getMessage()
                + "); correct it, or delete it if no old primary can be started again.");
    }

    private void complain(Exception e) {
        if (!complained) {
            LOG.warnf(
                    "%s: %s cannot be written (%s); after a restart this node refuses an old primary only if another server"
                            + " shows that there is a newer one",
                    PrimaryLocator.FILE_KEY, file.orElseThrow(), e);
            complained = true;
        }
    }
}
