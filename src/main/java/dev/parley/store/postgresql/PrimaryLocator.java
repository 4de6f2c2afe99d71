package dev.parley.store.postgresql;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.Node;
import dev.parley.store.Statements;
import dev.parley.store.StoreUrl;
import dev.parley.store.postgresql.Connector.ServerInfo;
import dev.parley.store.sql.Schema;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Finds the primary among the configured servers, and keeps writes away from a former one.
 *
 * <p>After a failover the former primary may be restarted as it was. It accepts writes, and they are lost when it is rebuilt.
 * PostgreSQL numbers the timeline of each promotion, so of two primaries of a cluster the one on the lower timeline is a former one, and
 * a server below the newest timeline that has been observed is a former one even if it is alone. A node knows the timelines that servers
 * have shown to it, and those in its file. A server process records the newest timeline in the cluster, which replicates it to every
 * standby, and in the former primary itself, for nodes that reach no other server.
 */
public final class PrimaryLocator {
    private static final Logger LOG = Logger.getLogger(PrimaryLocator.class);

    /** How long the others may still answer once a primary has answered; or as long as that took, if that is longer. */
    private static final Duration GRACE = Duration.ofMillis(500);

    private static final Duration EXAMINE_AGAIN = Duration.ofMillis(100);
    private static final Duration WATCH_INTERVAL = Duration.ofSeconds(10);

    /** The answer of one server, or the reason why there is none. */
    private record Reply(
            StoreUrl.Postgres url,
            ServerInfo server,
            @Nullable SQLException failure) {}

    /**
     * The server that has the role of the primary.
     *
     * @param node how replies name it
     */
    public record Current(StoreUrl.Postgres url, Node node) {}

    private final PostgresSettings settings;
    private final Set<StoreUrl.Postgres> hosts;
    private final Set<StoreUrl.Postgres> servers;
    private final SeenTimelines seen;
    private final Connector connector = new Connector(() -> current().url());
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        var thread = new Thread(work, "parley-locate");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicBoolean watching = new AtomicBoolean();
    private final Set<String> reported = ConcurrentHashMap.newKeySet();
    private volatile List<String> former = List.of();
    private volatile long watched = System.nanoTime();

    /** The identifier of the cluster, which stays the same until the end; 0 before the first server was found. */
    private volatile long system;

    private volatile Current current;

    public PrimaryLocator(PostgresSettings settings) {
        this.settings = settings;
        this.hosts = new LinkedHashSet<>(settings.url().hosts());
        this.servers = new LinkedHashSet<>(hosts);
        settings.replicas().forEach(replica -> servers.addAll(replica.url().hosts()));
        this.seen = new SeenTimelines(settings.timelinesFile(), settings.serving());
        this.current = new Current(settings.url(), settings.primary());
    }

    public PostgresSettings settings() {
        return settings;
    }

    public Current current() {
        return current;
    }

    /** Opens connections to the current primary. */
    Connector connector() {
        return connector;
    }

    /** Locates the primary, and opens a connection to it. */
    public Connection connect() throws SQLException {
        locate();
        return connector.connect();
    }

    /** The migrations, for the current primary. */
    public Schema schema(Flyway flyway) {
        var source = new PGSimpleDataSource();
        source.setUrl(current.url.jdbc());
        source.setUser(current.url.user());
        source.setPassword(current.url.password());
        return new Schema(flyway).of(source);
    }

    /** A line about each former primary that the last examination found. */
    public List<String> former() {
        return former;
    }

    SeenTimelines seen() {
        return seen;
    }

    /**
     * Examines all servers at once, and makes the primary on the newest timeline the current one.
     *
     * @throws SQLException if none answers, or none may be used
     * @throws InvalidConfiguration if the file cannot be read
     */
    public void locate() throws SQLException {
        seen.load();
        Reply found = choose(examineAll());
        Node named = settings.primary();
        String region = settings.replicas().stream()
                .filter(replica -> replica.url().hosts().get(0).host().equals(found.url.host()))
                .map(replica -> replica.node().region())
                .findFirst()
                .orElse(named.region());
        current = new Current(found.url, new Node(named.name(), region, true));
        system = found.server.system();
        if (!former.isEmpty()) { // one may have been examined before the newer timeline was observed: the next probe
            // repeats it
            watched = System.nanoTime() - WATCH_INTERVAL.toNanos() - 1;
        }
        seen.save();
    }

    /**
     * Saves observed timelines, and now and then examines the other servers in the background, because one of them may have been
     * promoted. Called by each probe of the primary.
     */
    void watch() {
        seen.save();
        if (System.nanoTime() - watched > WATCH_INTERVAL.toNanos()
                && servers.size() > 1
                && watching.compareAndSet(false, true)) {
            watched = System.nanoTime();
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
     * Checks a primary that was connected, and records the newest timeline there for other nodes.
     *
     * @throws PostgresFailure.FormerPrimary if a newer timeline of its cluster has been observed
     * @throws SQLException if it belongs to another cluster than before
     */
    void admit(Statements statements, ServerInfo server) throws SQLException {
        if (system != 0 && server.system() != system) {
            throw new SQLException("It belongs to another cluster than before", "08004");
        }
        seen.observe(server.system(), server.timeline());
        seen.exchange(statements, server.system(), settings.serving());
        if (isFormer(server)) {
            throw new PostgresFailure.FormerPrimary(former(new Reply(current.url, server, null)));
        }
    }

    /** Whether a newer timeline of the cluster of this primary has been observed. */
    boolean isFormer(ServerInfo server) {
        return server.timeline() < seen.newest(server.system());
    }

    private String former(Reply primary) {
        ServerInfo server = primary.server;
        long newest = seen.newest(server.system());
        String found = primary.url.host() + " is a former primary: it writes timeline " + server.timeline()
                + ", and timeline " + newest + " of its cluster has been observed";
        return seen.observed(server.system()) >= newest
                ? found + "; stop it and rebuild it as a standby"
                : "%s according to %s; stop the server and rebuild it as a standby, or delete the file if timeline %d was a copy of the cluster"
                        .formatted(found, settings.timelinesFile().orElseThrow(), newest);
    }

    /**
     * The replies that arrive until all servers have answered, or for a while after a primary has answered. While a server does not
     * answer, hosts that may become the primary are asked repeatedly. Each examination ends by the time limits of its connection.
     */
    private Map<StoreUrl.Postgres, Reply> examineAll() {
        var replies = new ConcurrentHashMap<StoreUrl.Postgres, Reply>();
        var over = new CompletableFuture<@Nullable Void>();
        long began = System.nanoTime();
        servers.forEach(server -> threads.execute(() -> {
            Reply reply;
            do {
                reply = examine(server);
                replies.put(server, reply);
                if (replies.size() == servers.size()) {
                    over.complete(null);
                } else if (hosts.contains(server) && isFit(reply)) {
                    long grace = Math.max(GRACE.toNanos(), System.nanoTime() - began);
                    over.completeOnTimeout(null, grace, TimeUnit.NANOSECONDS);
                }
                LockSupport.parkNanos(EXAMINE_AGAIN.toNanos());
            } while (hosts.contains(server) && !over.isDone() && !isFit(reply));
        }));
        over.join();
        return Map.copyOf(replies);
    }

    private Reply examine(StoreUrl.Postgres server) {
        try (Connection connection = new Connector(() -> server).connect()) {
            var statements = new Statements(connection);
            ServerInfo found = ServerInfo.of(statements, settings.statementTimeout());
            seen.observe(found.system(), found.timeline());
            if (found.hasStore()) {
                seen.exchange(statements, found.system(), false);
                if (settings.serving() && !found.inRecovery() && isFormer(found)) {
                    record(statements, found);
                }
            }
            return new Reply(server, found, null);
        } catch (SQLException e) {
            return new Reply(server, ServerInfo.NONE, e);
        }
    }

    /** Records the newest timeline on a former primary for other nodes; one that refuses the record is reported nevertheless. */
    private void record(Statements statements, ServerInfo former) {
        try {
            seen.exchange(statements, former.system(), true);
        } catch (SQLException e) {
            LOG.debugf("The newest timeline was not recorded on a former primary: %s", e.getMessage());
        }
    }

    private boolean isFit(Reply reply) {
        ServerInfo server = reply.server;
        return !server.inRecovery() && (system == 0 || server.system() == system) && !isFormer(server);
    }

    private Reply choose(Map<StoreUrl.Postgres, Reply> replies) throws SQLException {
        // Why a replica does not answer does not matter to a primary.
        List<Reply> all = hosts.stream()
                .flatMap(host -> Stream.ofNullable(replies.get(host)))
                .toList();
        List<Reply> fit = all.stream().filter(this::isFit).toList();
        former = all.stream()
                .filter(reply -> !reply.server.inRecovery() && isFormer(reply.server))
                .map(this::former)
                .toList();
        if (settings.serving() && (system != 0 || !fit.isEmpty())) { // else the start is refused with the same text
            former.stream().filter(reported::add).forEach(LOG::error);
        }
        if (fit.isEmpty()) {
            throw noneOf(all);
        }
        Predicate<Reply> isCurrent = reply -> reply.url.equals(current.url);
        Reply first = fit.stream().filter(isCurrent).findFirst().orElse(fit.get(0));
        for (Reply other : fit) {
            if (other.server.system() == first.server.system() && other.server.started() != first.server.started()) {
                String both = "%s and %s are both primaries on timeline %d; stop one and rebuild it as a standby"
                        .formatted(first.url.host(), other.url.host(), first.server.timeline());
                if (!isCurrent.test(first)) {
                    throw new PostgresFailure.FormerPrimary(both);
                }
                if (reported.add(both)) {
                    LOG.errorf("%s. %s is used until then", both, first.url.host());
                }
            }
        }
        return first;
    }

    private SQLException noneOf(List<Reply> replies) {
        Optional<SQLException> failure = replies.stream()
                .flatMap(reply -> Stream.ofNullable(reply.failure))
                .findFirst();
        if (former.isEmpty()) {
            return failure.orElseGet(
                    () -> new SQLException("None of the servers is a primary", PostgresFailure.READ_ONLY));
        }
        String unreachable = failure.map(e -> "; another server cannot be reached: " + PostgresFailure.line(e))
                .orElse("");
        return new PostgresFailure.FormerPrimary(former.get(0) + unreachable);
    }
}
