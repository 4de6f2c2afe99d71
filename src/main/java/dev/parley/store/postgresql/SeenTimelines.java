package dev.parley.store.postgresql;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The newest timeline of each cluster that this node has observed, by the cluster's system identifier. A primary on a lower timeline
 * is a former one that was restarted after a failover. A file keeps the timelines, so that a restarted node refuses the former primary
 * even if it can reach no other server.
 *
 * <p>A timeline that is known only from the file is not passed on to other nodes, because it may be of a copy of the cluster.
 */
final class SeenTimelines {
    private static final String FILE_KEY = "parley.store.timelines-file";
    private static final Logger LOG = Logger.getLogger(SeenTimelines.class);
    private static final long TIMELINE_MAX = 0xFFFF_FFFFL;

    private static final Sql NEWEST =
            new Sql("newest-timeline", "SELECT max(timeline) FROM cluster_timelines WHERE system = ?");

    // On a former primary no standby may confirm a commit.
    private static final Sql RECORD = new Sql("record-newest-timeline", """
            INSERT INTO cluster_timelines (system, timeline)
            SELECT ?, ? FROM (SELECT set_config('synchronous_commit', 'local', TRUE)) locally
            ON CONFLICT (system, timeline) DO NOTHING""");

    private final Optional<Path> file;
    private final boolean writes;
    private final Map<Long, Long> observed = new ConcurrentHashMap<>();
    private volatile @Nullable Map<Long, Long> loaded;
    private volatile boolean unsaved;

    /**
     * @param file without one, observed timelines are lost with the process
     * @param writes whether the file is written, or only read
     */
    SeenTimelines(Optional<Path> file, boolean writes) {
        this.file = file;
        this.writes = writes;
    }

    /**
     * Reads the file, the first time.
     *
     * @throws InvalidConfiguration if it exists and cannot be read, because its contents must not be lost
     */
    synchronized void load() {
        if (loaded == null) {
            loaded = file.map(SeenTimelines::read).orElse(Map.of());
        }
    }

    /** 0 for none. */
    long newest(long system) {
        Map<Long, Long> kept = loaded;
        return Math.max(observed(system), kept == null ? 0 : kept.getOrDefault(system, 0L));
    }

    /** The newest that a server has shown to this process; 0 for none. */
    long observed(long system) {
        return observed.getOrDefault(system, 0L);
    }

    /** A server has shown {@code timeline}; a lower one than before changes nothing. */
    void observe(long system, long timeline) {
        if (timeline > observed(system)) {
            observed.merge(system, timeline, Math::max);
            unsaved = true;
        }
    }

    /**
     * Observes the newest timeline that any node has recorded on a server.
     *
     * @param records whether this node records a newer one there, for other nodes
     */
    void exchange(Statements server, long system, boolean records) throws SQLException {
        Long recorded = server.call(NEWEST).bind(system).first(row -> row.getLong(1));
        observe(system, recorded == null ? 0 : recorded);
        if (records && (recorded == null || recorded < observed(system))) {
            server.call(RECORD).bind(system).bind(observed(system)).update();
        }
    }

    /** Writes the file if something has been observed since the last time. A failure is logged and otherwise ignored. */
    synchronized void save() {
        if (!unsaved || !writes || file.isEmpty()) {
            return;
        }
        unsaved = false;
        Path path = file.get().toAbsolutePath();
        try {
            Files.createDirectories(path.getParent());
            Map<Long, Long> newest = read(path); // another node may have the same file
            observed.forEach((system, timeline) -> newest.merge(system, timeline, Math::max));
            write(path, newest);
        } catch (IOException | InvalidConfiguration e) {
            LOG.warnf(
                    "%s: %s cannot be written (%s); after a restart this node refuses a former primary only if another"
                            + " server shows a newer timeline",
                    FILE_KEY, path, e);
        }
    }

    private static void write(Path path, Map<Long, Long> newest) throws IOException {
        var lines = new Properties();
        newest.forEach((system, timeline) -> lines.setProperty(Long.toUnsignedString(system), Long.toString(timeline)));
        Path partial = path.resolveSibling(path.getFileName() + ".partial");
        try (var out = new FileOutputStream(partial.toFile())) {
            lines.store(out, "The newest observed timeline of each PostgreSQL cluster");
            out.getFD().sync();
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
            if (timelines.isEmpty()) {
                throw new IllegalArgumentException("it is empty");
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidConfiguration(FILE_KEY + ": " + path + " cannot be read (" + e.getMessage()
                    + "); correct it, or delete it if no former primary can be restarted.");
        }
        return timelines;
    }
}
