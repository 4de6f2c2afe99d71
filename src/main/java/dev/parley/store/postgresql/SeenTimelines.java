package dev.parley.store.postgresql;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * The newest timeline of each cluster that this node has observed, by the cluster's system identifier. A primary on a lower timeline
 * is an old one that was restarted after a failover. A file keeps the timelines, so that a restarted node refuses the old primary
 * even if it can reach no other server.
 *
 * <p>What only the file says is not passed on to other nodes, because it may be of a copy of the cluster.
 */
final class SeenTimelines {
    private static final String FILE_KEY = "parley.store.timelines-file";
    private static final Logger LOG = Logger.getLogger(SeenTimelines.class);
    private static final String COMMENT = "The newest observed timeline of each PostgreSQL cluster";
    private static final long TIMELINE_MAX = 0xFFFF_FFFFL;

    private static final Sql NEWEST =
            new Sql("newest-timeline", "SELECT max(timeline) FROM cluster_timelines WHERE system = ?");

    // On an old primary no standby may confirm a commit.
    private static final Sql RECORD = new Sql("record-newest-timeline", """
            INSERT INTO cluster_timelines (system, timeline)
            SELECT ?, ? FROM (SELECT set_config('synchronous_commit', 'local', TRUE)) locally
            ON CONFLICT (system, timeline) DO NOTHING""");

    private final Optional<Path> file;
    private final boolean writes;
    private final Map<Long, Long> observed = new ConcurrentHashMap<>();
    private volatile Map<Long, Long> loaded = Map.of();
    private boolean isLoaded;
    private volatile boolean unsaved;
    private boolean warned;

    /**
     * @param file without one, what was observed is lost with the process
     * @param writes whether the file is written, or only read
     */
    SeenTimelines(Optional<Path> file, boolean writes) {
        this.file = file;
        this.writes = writes;
    }

    /**
     * Reads the file, the first time.
     *
     * @throws InvalidConfiguration if it exists and cannot be read, because what it says must not be lost
     */
    synchronized void load() {
        if (!isLoaded && file.isPresent()) {
            loaded = read(file.get());
        }
        isLoaded = true;
    }

    /** 0 for none. */
    long newest(long system) {
        return Math.max(observed(system), loaded.getOrDefault(system, 0L));
    }

    /** The newest that a server has shown to this process; 0 for none. */
    long observed(long system) {
        return observed.getOrDefault(system, 0L);
    }

    /** The file, if {@code timeline} is known from there only. */
    Optional<Path> source(long system, long timeline) {
        return observed(system) < timeline ? file : Optional.empty();
    }

    /** A server has shown {@code timeline}; a lower one than before changes nothing. */
    void observe(long system, long timeline) {
        if (timeline > observed(system)) {
            observed.merge(system, timeline, Math::max);
            unsaved = true;
        }
    }

    /** Observes the newest timeline that any node has recorded on the server; 0 for none. */
    long observe(Statements server, long system) throws SQLException {
        Long newest = server.call(NEWEST).bind(system).first(row -> row.getLong(1));
        observe(system, newest == null ? 0 : newest);
        return newest == null ? 0 : newest;
    }

    /** Records the newest observed timeline on a server, for other nodes. */
    void recordOn(Statements server, long system) throws SQLException {
        server.call(RECORD).bind(system).bind(observed(system)).update();
    }

    /** Writes the file if something has been observed since the last time. A failure is logged once and otherwise ignored. */
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
            if (!warned) {
                LOG.warnf(
                        "%s: %s cannot be written (%s); after a restart this node refuses an old primary only if another"
                                + " server shows that there is a newer one",
                        FILE_KEY, path, e);
                warned = true;
            }
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
            if (timelines.isEmpty()) {
                throw new IllegalArgumentException("it is empty");
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidConfiguration(FILE_KEY + ": " + path + " cannot be read (" + e.getMessage()
                    + "); correct it, or delete it if no old primary can be restarted.");
        }
        return timelines;
    }
}
