package dev.parley.store.postgresql;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.Node;
import dev.parley.store.ReplicaUrl;
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
import java.util.Objects;
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
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Finds the primary among the configured servers, and keeps writes away from a former one.
 *
 * <p>After a failover the former primary may be restarted as it was. It accepts writes, and they are lost when it is rebuilt.
 * PostgreSQL numbers the timeline of each promotion, so of two primaries of a cluster the one on the lower timeline is the old one, and
 * a server below the newest timeline that has been observed is an old one even if it is alone. A node knows what servers have shown to
 * it, and what its file says. A server process records the newest timeline in the cluster, which brings it to every standby, and in
 * the old primary itself, for nodes that reach no other server.
 */
public final class PrimaryLocator {
    private static final Logger LOG = Logger.getLogger(PrimaryLocator.class);

    /** How long the others may still answer once a primary has answered; or as long as that took, if that is longer. */
    private static final Duration GRACE = Duration.ofMillis(500);

    private static final Executor AGAIN = CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS);

    /** The answer of one server, or why there is none. */
    private record Reply(
            StoreUrl.Postgres url,
            @Nullable ServerInfo server,
            @Nullable SQLException failure) {}

    private record Primary(StoreUrl.Postgres url, ServerInfo server) {}

    /**
     * An old primary, as the last examination found it.
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
     * @param changes counts changes of the server and of its timeline, which distinguishes servers at the same address
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

    /** The identifier of the cluster, which stays the same until the end; 0 before the first server was found. */
    private volatile long system;

    private volatile Current current;

    /**
     * @param url one or more hosts
     * @param node how replies name the primary; if one of {@code replicas} is promoted, with that one's region
     * @param seenFile where the newest timeline is kept; without it a restarted node knows what the servers show
     * @param serving whether this is a server, or a command, which writes no file, records nothing and logs nothing
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

    /** All hosts that may become the primary. */
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

    /** The old primaries that the last examination found. */
    public List<Refused> refused() {
        return refused;
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
        Primary found = choose(examineAll());
        if (!found.url.equals(current.url)) {
            become(found.url);
        }
        system = found.server.system();
        seen.save();
    }

    /** As {@link #locate}, but only observes timelines, and in the background; one at a time. */
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
     * Checks a primary that was connected, and records the newest timeline there for other nodes.
     *
     * @throws PostgresFailure.OldPrimary if a newer timeline of its cluster has been observed
     * @throws SQLException if it belongs to another cluster than before
     */
    void admit(Statements statements, ServerInfo server) throws SQLException {
        if (system != 0 && server.system() != system) {
            throw new SQLException("It belongs to another cluster than before", "08004");
        }
        long recorded = seen.observe(statements, server.system());
        seen.observe(server.system(), server.timeline());
        if (serving && recorded < seen.observed(server.system())) {
            seen.recordOn(statements, server.system());
        }
        if (isOld(server)) {
            throw new PostgresFailure.OldPrimary(
                    refused(new Primary(current.url, server)).message());
        }
    }

    private boolean isOld(ServerInfo server) {
        return server.timeline() < seen.newest(server.system());
    }

    private Refused refused(Primary old) {
        long newest = seen.newest(old.server.system());
        return new Refused(old.url, old.server.timeline(), newest, seen.source(old.server.system(), newest));
    }

    /** Another server, or another timeline of the same: connections to the one before are to be opened again. */
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

    /** The replies that arrive in time. While a server does not answer, hosts that may become the primary are asked repeatedly. */
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
                if (deadline == 0 && !primaries(List.of(next), this::isFit).isEmpty()) {
                    deadline = now + Math.max(GRACE.toNanos(), now - began);
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
        var connector = new Connector(server, statementTimeout);
        try (Connection connection = connector.connect()) {
            Pooling.refuseTransactions(connection, connector::connect);
            var statements = new Statements(connection);
            ServerInfo found = ServerInfo.of(statements, statementTimeout);
            seen.observe(found.system(), found.timeline());
            if (found.hasStore()) {
                seen.observe(statements, found.system());
            }
            return new Reply(server, found, null);
        } catch (SQLException e) {
            return new Reply(server, null, e);
        }
    }

    /** Hosts that are primaries and fulfil {@code condition}, in the order of the configuration. */
    private List<Primary> primaries(List<Reply> replies, Predicate<ServerInfo> condition) {
        return hosts.stream()
                .flatMap(host -> replies.stream()
                        .filter(reply -> reply.url.equals(host))
                        .map(Reply::server)
                        .filter(Objects::nonNull)
                        .filter(server -> !server.inRecovery() && condition.test(server))
                        .map(server -> new Primary(host, server)))
                .toList();
    }

    private boolean isFit(ServerInfo server) {
        return (system == 0 || server.system() == system) && !isOld(server);
    }

    private Primary choose(List<Reply> replies) throws SQLException {
        List<Primary> fit = primaries(replies, this::isFit);
        boolean logs = system != 0 || !fit.isEmpty(); // else the start is refused with the same text
        report(primaries(replies, this::isOld), logs);
        if (fit.isEmpty()) {
            throw noneOf(replies);
        }
        Primary first = fit.stream()
                .filter(server -> server.url.equals(current.url))
                .findFirst()
                .orElse(fit.get(0));
        Optional<Primary> other = fit.stream()
                .filter(primary -> primary.server.system() == first.server.system()
                        && primary.server.started() != first.server.started())
                .findFirst();
        if (other.isPresent()) {
            String both = "%s and %s are both primaries on timeline %d; stop one and rebuild it as a standby"
                    .formatted(first.url.host(), other.get().url.host(), first.server.timeline());
            if (!first.url.equals(current.url)) {
                throw new PostgresFailure.OldPrimary(both);
            }
            if (reported.add(both)) {
                LOG.errorf("%s. %s is used until then", both, first.url.host());
            }
        }
        return first;
    }

    /**
     * Records the newest timeline on each old primary, for nodes that know of no newer one.
     *
     * @param logs whether each is logged, once
     */
    private void report(List<Primary> old, boolean logs) {
        refused = old.stream().map(this::refused).toList();
        for (int i = 0; i < old.size(); i++) {
            String message = refused.get(i).message();
            if (serving && reported.add(message)) {
                if (logs) {
                    LOG.error(message);
                }
                recordOn(old.get(i));
            }
        }
    }

    private void recordOn(Primary old) {
        if (seen.observed(old.server.system()) <= old.server.timeline()) {
            return;
        }
        try (Connection connection = new Connector(old.url, statementTimeout).connect()) {
            seen.recordOn(new Statements(connection), old.server.system());
        } catch (SQLException e) {
            LOG.debugf("The newest timeline was not recorded on %s: %s", old.url.host(), e.getMessage());
        }
    }

    private SQLException noneOf(List<Reply> replies) {
        // Why a replica does not answer does not matter to a primary.
        List<Reply> failed = replies.stream()
                .filter(reply -> hosts.contains(reply.url) && reply.failure != null)
                .toList();
        if (!refused.isEmpty()) {
            return new PostgresFailure.OldPrimary(refused.get(0).message()
                    + failed.stream().map(PrimaryLocator::unreachable).collect(Collectors.joining()));
        }
        return failed.stream()
                .map(Reply::failure)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseGet(() -> new SQLException("None of the servers is a primary", PostgresFailure.READ_ONLY));
    }

    private static String unreachable(Reply reply) {
        return reply.failure == null
                ? ""
                : "; " + reply.url.host() + " cannot be reached: " + PostgresFailure.line(reply.failure);
    }
}
