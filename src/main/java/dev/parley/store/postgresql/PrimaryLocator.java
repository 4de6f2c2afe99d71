package dev.parley.store.postgresql;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.Node;
import dev.parley.store.ReplicaUrl;
import dev.parley.store.Sql;
import dev.parley.store.Statements;
import dev.parley.store.StoreUrl;
import dev.parley.store.sql.Schema;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Finds the primary among the servers that the settings name, and keeps writes away from an old one.
 *
 * <p>After a failover the old primary may be started as it was. It takes writes, and they are lost when it is rebuilt. PostgreSQL
 * numbers the timeline of each promotion, so of two primaries of a cluster the one on the lower timeline is the old one, and a server
 * below the newest timeline that anybody has seen is an old one even if it is alone. A node knows what servers have shown to it, and
 * what its file says. A server, not a command beside it, notes what was shown in the cluster, which brings it to every standby, and in
 * the old primary itself, where nodes find it that know of no newer one.
 */
public final class PrimaryLocator {
    static final String FILE_KEY = "parley.store.timelines-file";

    private static final Logger LOG = Logger.getLogger(PrimaryLocator.class);

    /** How long the others may still answer once a primary has; or as long as it took, if that is longer. */
    private static final Duration GRACE = Duration.ofMillis(500);

    private static final Executor AGAIN = CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS);

    // A standby does not write. Its control file has the timeline of its last restart point, or of the last page that
    // it wrote.
    private static final Sql EXAMINE = new Sql("examine", """
            SELECT pg_is_in_recovery(),
                   (SELECT system_identifier FROM pg_control_system()),
                   CAST(extract(epoch FROM pg_postmaster_start_time()) * 1000000 AS BIGINT),
                   CASE WHEN pg_is_in_recovery()
                        THEN greatest((SELECT timeline_id FROM pg_control_checkpoint()),
                                      (SELECT min_recovery_end_timeline FROM pg_control_recovery()))
                        ELSE CAST(CAST('x' || substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8) AS BIT(32)) AS INTEGER)
                   END,
                   to_regclass('cluster_timelines') IS NOT NULL""");

    /** @param url with one host */
    private record Server(StoreUrl.Postgres url, boolean inRecovery, long system, long started, long timeline) {}

    private record Reply(
            StoreUrl.Postgres url,
            @Nullable Server server,
            @Nullable SQLException failure) {}

    /**
     * An old primary, as the last look found it.
     *
     * @param source the file, if only that says that there is a newer timeline
     */
    public record Refused(StoreUrl.Postgres url, long timeline, long newest, Optional<Path> source) {
        public String message() {
            return url.host() + " is an old primary: it writes timeline " + timeline + ", and timeline " + newest
                    + " of its cluster has been seen"
                    + source.map(file ->
                                    ", says " + file + "; stop the server and rebuild it as a standby, or delete the"
                                            + " file if timeline " + newest + " was a copy of the cluster")
                            .orElse("; stop it and rebuild it as a standby");
        }
    }

    /**
     * The server that has the role of the primary.
     *
     * @param node how replies name it
     * @param changes counts the changes of the server and of its timeline, so that one is told from the other at the same address
     */
    public record Current(StoreUrl.Postgres url, Node node, int changes) {}

    private final StoreUrl.Postgres url;
    private final Node node;
    private final Set<StoreUrl.Postgres> hosts;
    private final List<ReplicaUrl> replicas;
    private final Duration statementTimeout;
    private final boolean serving;
    private final SeenTimelines seen;
    private final ExecutorService threads;
    private final AtomicBoolean watching = new AtomicBoolean();
    private final Set<String> reported = ConcurrentHashMap.newKeySet();
    private volatile List<Refused> refused = List.of();

    /** The cluster, which stays the same until the end; 0 before the first server was found. */
    private volatile long system;

    private volatile Current current;

    /**
     * @param url one or more hosts
     * @param node how replies name the primary; its region is that of {@code replicas} where one of these is promoted
     * @param seenFile where the newest timeline is kept; without one, a restarted node knows what the servers show
     * @param serving whether this is a server, or a command, which writes no file, notes nothing and logs nothing
     */
    public PrimaryLocator(
            StoreUrl.Postgres url,
            Node node,
            List<ReplicaUrl> replicas,
            Duration statementTimeout,
            Optional<Path> seenFile,
            boolean serving) {
        this.url = url;
        this.node = node;
        this.hosts = new LinkedHashSet<>(url.hosts());
        this.replicas = replicas;
        this.statementTimeout = statementTimeout;
        this.serving = serving;
        this.seen = new SeenTimelines(seenFile, serving);
        this.current = new Current(url, node, 0);
        this.threads = Executors.newCachedThreadPool(work -> {
            var thread = new Thread(work, "parley-locate");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** All that may become the primary. */
    public StoreUrl.Postgres url() {
        return url;
    }

    public Current current() {
        return current;
    }

    boolean isCurrent(Current server) {
        return current.equals(server);
    }

    /** The migrations, for the current primary. */
    public Schema schema(Flyway flyway) {
        var source = new PGSimpleDataSource();
        source.setUrl(current.url.jdbc());
        source.setUser(current.url.user());
        source.setPassword(current.url.password());
        return new Schema(flyway).of(source);
    }

    /** The old primaries that the last look found. */
    public List<Refused> refused() {
        return refused;
    }

    SeenTimelines seen() {
        return seen;
    }

    /**
     * Asks all servers at once, and makes the primary on the newest timeline the current one.
     *
     * @throws SQLException if none answers, or none may be used
     * @throws InvalidConfiguration if the file cannot be read
     */
    public void locate() throws SQLException {
        seen.load();
        Server found = choose(examineAll());
        if (!found.url.equals(current.url)) {
            become(found.url);
        }
        system = found.system;
        seen.save();
    }

    /** As {@link #locate}, for what it finds out about timelines only, and in the background; one at a time. */
    void watch() {
        if (hosts.size() + replicas.size() > 1 && watching.compareAndSet(false, true)) {
            threads.execute(() -> {
                try {
                    choose(examineAll());
                } catch (SQLException e) {
                    LOG.debugf("No primary was found: %s", e.getMessage());
                } finally {
                    watching.set(false);
                }
            });
        }
    }

    /**
     * Refuses a primary that was connected to and is an old one, and leaves the newest timeline there for other nodes.
     *
     * @throws OldPrimary if a newer timeline of its cluster has been seen
     * @throws SQLException if it belongs to another cluster than before
     */
    void admit(Statements statements, ServerInfo hello) throws SQLException {
        if (system != 0 && hello.system() != system) {
            throw new SQLException("It belongs to another cluster than before", "08004");
        }
        seen.saw(hello.system(), Math.max(hello.timeline(), hello.newest()));
        long shown = seen.shown(hello.system());
        if (serving && hello.newest() < shown) {
            Timelines.note(statements, hello.system(), shown);
        }
        if (hello.timeline() < seen.newest(hello.system())) {
            throw new OldPrimary(
                    refused(current.url, hello.system(), hello.timeline()).message());
        }
    }

    private Refused refused(StoreUrl.Postgres old, long system, long timeline) {
        long newest = seen.newest(system);
        return new Refused(old, timeline, newest, seen.source(system, newest));
    }

    /** Another server, or another timeline of the same: who is connected to the one before connects again. */
    void moved() {
        become(current.url);
    }

    private synchronized void become(StoreUrl.Postgres server) {
        String region = replicas.stream()
                .filter(replica -> replica.url().hosts().get(0).host().equals(server.host()))
                .map(replica -> replica.node().region())
                .findFirst()
                .orElse(node.region());
        current = new Current(server, new Node(node.name(), region, true), current.changes + 1);
    }

    /**
     * The reply of each server, as far as they are there in time. While one is silent, the hosts that may become the primary are asked
     * again and again.
     */
    private List<Reply> examineAll() throws SQLException {
        Set<StoreUrl.Postgres> servers = new LinkedHashSet<>(hosts);
        replicas.forEach(replica -> servers.addAll(replica.url().hosts()));
        Map<StoreUrl.Postgres, Reply> received = new LinkedHashMap<>();
        BlockingQueue<Reply> replies = new LinkedBlockingQueue<>();
        long began = System.nanoTime();
        servers.forEach(server -> threads.execute(() -> replies.add(examine(server))));
        long deadline = 0;
        try {
            while (received.size() < servers.size()) {
                Reply next = deadline == 0
                        ? replies.take() // each ends by the time limits of its connection
                        : replies.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (next == null) {
                    break;
                }
                received.put(next.url, next);
                long now = System.nanoTime();
                if (next.server != null && isFit(next.server)) {
                    deadline = deadline == 0 ? now + Math.max(GRACE.toNanos(), now - began) : deadline;
                } else if (deadline == 0 && hosts.contains(next.url)) {
                    AGAIN.execute(() -> threads.execute(() -> replies.add(examine(next.url))));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("Interrupted", "08000", e);
        }
        return List.copyOf(received.values());
    }

    private Reply examine(StoreUrl.Postgres server) {
        var connector = new Connector(server, "any", statementTimeout);
        try (Connection connection = connector.connect()) {
            Pooling.refuseTransactions(connection, connector::connect);
            var statements = new Statements(connection);
            Server found = statements.call(EXAMINE).first(row -> {
                if (row.getBoolean(5)) {
                    seen.saw(row.getLong(2), Timelines.newest(statements, row.getLong(2)));
                }
                seen.saw(row.getLong(2), row.getLong(4));
                return new Server(server, row.getBoolean(1), row.getLong(2), row.getLong(3), row.getLong(4));
            });
            return new Reply(server, found, null);
        } catch (SQLException e) {
            return new Reply(server, null, e);
        }
    }

    private boolean isFit(Server server) {
        return hosts.contains(server.url)
                && !server.inRecovery
                && (system == 0 || server.system == system)
                && server.timeline == seen.newest(server.system);
    }

    private Server choose(List<Reply> replies) throws SQLException {
        List<Server> primaries = hosts.stream()
                .flatMap(host -> replies.stream()
                        .map(Reply::server)
                        .filter(server -> server != null && server.url.equals(host) && !server.inRecovery))
                .toList();
        List<Server> fit = primaries.stream().filter(this::isFit).toList();
        report(
                primaries.stream()
                        .filter(server -> server.timeline < seen.newest(server.system))
                        .toList(),
                serving && (system != 0 || !fit.isEmpty())); // else the start is refused with the same words
        if (fit.isEmpty()) {
            throw noneOf(replies);
        }
        Server first = fit.stream()
                .filter(server -> server.url.equals(current.url))
                .findFirst()
                .orElse(fit.get(0));
        Optional<Server> other = fit.stream()
                .filter(server -> server.system == first.system && server.started != first.started)
                .findFirst();
        if (other.isPresent()) {
            String both = "%s and %s are both primaries on timeline %d; stop one and rebuild it as a standby"
                    .formatted(first.url.host(), other.get().url.host(), first.timeline);
            if (!first.url.equals(current.url)) {
                throw new OldPrimary(both);
            }
            if (reported.add(both)) {
                LOG.errorf("%s. %s is used until then", both, first.url.host());
            }
        }
        return first;
    }

    /**
     * Leaves the newest timeline on each old primary, for nodes that know of no newer one.
     *
     * @param logged whether each is logged, once
     */
    private void report(List<Server> old, boolean logged) {
        refused = old.stream()
                .map(server -> refused(server.url, server.system, server.timeline))
                .toList();
        for (int i = 0; i < old.size(); i++) {
            String message = refused.get(i).message();
            if (serving && reported.add(message)) {
                if (logged) {
                    LOG.error(message);
                }
                leave(old.get(i));
            }
        }
    }

    private void leave(Server old) {
        long shown = seen.shown(old.system);
        if (shown <= old.timeline) {
            return;
        }
        try (Connection connection = new Connector(old.url, "any", statementTimeout).connect()) {
            Timelines.note(new Statements(connection), old.system, shown);
        } catch (SQLException e) {
            LOG.debugf("The newest timeline could not be noted on %s: %s", old.url.host(), e.getMessage());
        }
    }

    private SQLException noneOf(List<Reply> replies) {
        // Why a replica does not answer does not matter to a primary.
        List<Reply> failed = replies.stream()
                .filter(reply -> hosts.contains(reply.url) && reply.failure != null)
                .toList();
        if (!refused.isEmpty()) {
            return new OldPrimary(refused.get(0).message()
                    + failed.stream().map(PrimaryLocator::unreachable).collect(Collectors.joining()));
        }
        return failed.stream()
                .map(Reply::failure)
                .flatMap(Stream::ofNullable)
                .findFirst()
                .orElseGet(() -> new SQLException("None of the servers is a primary", PostgresFailure.READ_ONLY));
    }

    private static String unreachable(Reply reply) {
        return reply.failure == null
                ? ""
                : "; " + reply.url.host() + " cannot be reached: " + PostgresFailure.line(reply.failure);
    }
}
