package dev.parley.store.postgresql;

import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.Bookmark;
import dev.parley.store.Database;
import dev.parley.store.Node;
import dev.parley.store.NodeState;
import dev.parley.store.ReadFrom;
import dev.parley.store.ReplicaUrl;
import dev.parley.store.Schema;
import dev.parley.store.Secrecy;
import dev.parley.store.Served;
import dev.parley.store.SessionRepository;
import dev.parley.store.Sql;
import dev.parley.store.Standpoint;
import dev.parley.store.StartRefused;
import dev.parley.store.Statements;
import dev.parley.store.StoreThreads;
import dev.parley.store.StoreUrl;
import dev.parley.store.Work;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/**
 * The engine of many machines: writes on the primary, reads on any node that is new enough for them.
 *
 * <p>One read is served by one node from one snapshot. Where a replica cannot serve it, the primary does, once. What blocks has
 * threads of each node's own, so a node that falls silent holds up nobody but who asked it.
 */
public final class PostgresDatabase implements Database {
    private static final int SECRET_BYTES = 32;
    private static final int LAG_STEPS = 100;
    private static final Duration CLOSE_MAX = Duration.ofSeconds(10);

    /** A standby that is promoted serves nothing until it is met as the primary; who takes any state waits for that. */
    private static final Duration PROMOTION_WAIT = Duration.ofMillis(500);

    private static final Sql BEGIN_HISTORY = new Sql(
            "begin-history", "INSERT INTO history (single, secret) VALUES (1, ?) ON CONFLICT (single) DO NOTHING");
    private static final Sql SECRET = new Sql("secret", "SELECT secret FROM history");

    /**
     * @param primary what replies say of the primary
     * @param region where this service stands; replicas there are preferred
     * @param threads how many calls work with a node at once, each with a connection
     * @param scanThreads the same for queries over many rows
     * @param queueMax how many calls may wait for each
     * @param bookmarkWait how long a read waits for a replica to reach its bookmark
     * @param silenceMax a node that owes an answer for longer is out of service
     * @param lagMax a replica that is further behind is out of service
     */
    public record Settings(
            StoreUrl.Postgres url,
            Node primary,
            List<ReplicaUrl> replicas,
            String region,
            int threads,
            int scanThreads,
            int queueMax,
            int scanQueueMax,
            Duration statementTimeout,
            Duration bookmarkWait,
            Duration probeInterval,
            Duration silenceMax,
            Duration lagMax) {}

    private final Settings settings;
    private final Secrecy secrecy;
    private final SessionRepository<?> repository;
    private final ChosenNode chosenNode;
    private final ReadMeters meters;
    private final Course course;
    private final Primary primary;
    private final History history;
    private final List<Replica> all;
    private final Replicas replicas;
    private final Pulse pulse;

    /**
     * Connects to the primary, migrates it and begins to look at the replicas, which need not be there yet.
     *
     * @param repository discovery in PostgreSQL's persistence unit
     * @param secrecy held against the keys that the store notes
     * @throws StartRefused if the primary cannot be reached or holds no store of this or an older version, or
     *     the keys are not its
     */
    public PostgresDatabase(
            Settings settings,
            Flyway flyway,
            SessionRepository<?> repository,
            ChosenNode chosenNode,
            Secrecy secrecy,
            SecureRandom random,
            MeterRegistry registry) {
        this.settings = settings;
        this.secrecy = secrecy;
        this.repository = repository;
        this.chosenNode = chosenNode;
        this.meters = new ReadMeters(registry);
        this.course = new Course(settings.lagMax().dividedBy(LAG_STEPS));
        this.primary = new Primary(
                settings.primary(),
                new Connector(settings.url(), "primary", settings.statementTimeout(), secrecy),
                calls(settings.primary()),
                scans(settings.primary()),
                course,
                settings.probeInterval());
        migrate(flyway);
        this.history = begin(random);
        this.all = settings.replicas().stream().map(this::replica).toList();
        this.replicas = new Replicas(all, settings.region());
        this.pulse = new Pulse(
                settings.silenceMax(),
                Stream.concat(Stream.of(primary.silence()), all.stream().map(Replica::silence))
                        .toList());
        meters.watch(all);
    }

    private StoreThreads calls(Node node) {
        return new StoreThreads(node.name(), settings.threads(), settings.queueMax(), CLOSE_MAX);
    }

    private StoreThreads scans(Node node) {
        return new StoreThreads(node.name() + "-scan", settings.scanThreads(), settings.scanQueueMax(), CLOSE_MAX);
    }

    private void migrate(Flyway flyway) {
        try {
            new Schema(flyway).migrate();
        } catch (Schema.Unusable e) {
            throw PostgresFailure.refused(settings.url(), e);
        }
    }

    private History begin(SecureRandom random) {
        var secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        try {
            NodeConnection first = primary.meet();
            Statements statements = first.statements();
            statements.call(BEGIN_HISTORY).bind(secret).update();
            byte[] kept = statements.call(SECRET).first(row -> row.getBytes(1));
            if (kept == null) {
                throw refused("its table history is empty");
            }
            admit(first);
            var told = new History(kept, first.lineage(), first.position());
            primary.serve(told, first);
            return told;
        } catch (SQLException e) {
            throw refused("the primary cannot be used: " + PostgresFailure.line(e));
        }
    }

    private void admit(NodeConnection first) throws SQLException {
        first.begin();
        try {
            secrecy.admit(first.statements());
            first.commit();
        } catch (StartRefused e) {
            first.close();
            throw e;
        }
    }

    private StartRefused refused(String why) {
        return PostgresFailure.refused(settings.url(), why);
    }

    private Replica replica(ReplicaUrl replica) {
        return new Replica(
                replica.node(),
                new Connector(replica.url(), "any", settings.statementTimeout(), secrecy),
                calls(replica.node()),
                scans(replica.node()),
                history,
                course,
                settings.probeInterval(),
                settings.lagMax());
    }

    @Override
    public <T> CompletionStage<Served<T>> write(Work<T> work) {
        return primary.write(work);
    }

    @Override
    public <T> CompletionStage<Served<T>> read(ReadFrom from, Work<T> work) {
        return new Reading<>(connection -> work.on(connection.statements()), false).from(from);
    }

    @Override
    public <T> CompletionStage<Served<T>> scan(ReadFrom from, Work<T> work) {
        return new Reading<>(connection -> work.on(connection.statements()), true).from(from);
    }

    @Override
    public <T> CompletionStage<Served<T>> browse(ReadFrom from, Function<SessionRepository<?>, T> query) {
        return new Reading<>(connection -> chosenNode.on(connection, () -> query.apply(repository)), true).from(from);
    }

    /** PostgreSQL clears its files itself, by VACUUM. */
    @Override
    public CompletionStage<Void> clean() {
        return CompletableFuture.completedStage(null);
    }

    @Override
    public Standpoint standpoint(ReadFrom from) {
        Bookmark newest = history.newest();
        if (!(from instanceof ReadFrom.AtLeast atLeast)) {
            return new Standpoint(history.word(newest), primary.node(), false);
        }
        Optional<Bookmark> asked = history.opened(atLeast.bookmark());
        boolean reset = asked.filter(history.lineage()::holds).isEmpty();
        boolean asksForMore = asked.isPresent() && !reset && History.isLater(asked.get(), newest);
        return new Standpoint(asksForMore ? atLeast.bookmark() : history.word(newest), primary.node(), reset);
    }

    @Override
    public List<NodeState> nodes() {
        return Stream.concat(Stream.of(primary.state()), all.stream().map(Replica::state))
                .toList();
    }

    /** A bookmark of this cluster's line, as it came and as it reads. */
    private record Asked(String word, Bookmark bookmark) {}

    /** One read on its way to the node that serves it. */
    private final class Reading<T> {
        private final Query<T> query;
        private final boolean scan;

        /** @param scan whether it may take its time */
        Reading(Query<T> query, boolean scan) {
            this.query = query;
            this.scan = scan;
        }

        CompletionStage<Served<T>> from(ReadFrom from) {
            if (from instanceof ReadFrom.AtLeast atLeast) {
                return atLeast(atLeast.bookmark());
            }
            if (from instanceof ReadFrom.Anywhere) {
                return anywhere();
            }
            if (from instanceof ReadFrom.At at && !at.node().primary()) {
                return exactly(at.node());
            }
            return onPrimary(null);
        }

        private CompletionStage<Served<T>> anywhere() {
            Optional<Replica> replica = replicas.anywhere();
            if (replica.isEmpty() && !primary.isReachable()) {
                replica = replicas.lastResort();
            }
            if (replica.isPresent()) {
                return onReplica(replica.get(), null);
            }
            if (!replicas.isEmpty()) {
                meters.fellBack("none-in-service");
            }
            return onPrimaryOfAnyTime();
        }

        private CompletionStage<Served<T>> atLeast(String word) {
            Optional<Bookmark> asked = history.opened(word);
            // Only the primary can tell a bookmark of another history from one of a timeline that is not known here
            // yet.
            if (replicas.isEmpty() || asked.filter(history.lineage()::holds).isEmpty()) {
                return onPrimary(word);
            }
            Bookmark bookmark = asked.get();
            Optional<Replica> there = replicas.at(bookmark);
            if (there.isPresent()) {
                return onReplica(there.get(), new Asked(word, bookmark));
            }
            Optional<Replica> closest = replicas.closest();
            if (closest.isEmpty()) {
                meters.fellBack("none-in-service");
                return onPrimary(word);
            }
            if (closest.get().isStuck()) {
                meters.fellBack("behind");
                return onPrimary(word);
            }
            return awaited(closest.get(), new Asked(word, bookmark));
        }

        private CompletionStage<Served<T>> awaited(Replica replica, Asked asked) {
            long since = System.nanoTime();
            return replica.reach(asked.bookmark, settings.bookmarkWait()).thenCompose(reached -> {
                meters.waited(System.nanoTime() - since);
                if (reached) {
                    return onReplica(replica, asked);
                }
                meters.fellBack("behind");
                return onPrimary(asked.word);
            });
        }

        private CompletionStage<Served<T>> exactly(Node node) {
            return all.stream()
                    .filter(replica -> replica.node().equals(node))
                    .findFirst()
                    .map(replica -> counted(replica.read(query, true, null)))
                    .orElseThrow();
        }

        private CompletionStage<Served<T>> onReplica(Replica replica, @Nullable Asked asked) {
            CompletionStage<Served<T>> read = counted(replica.read(query, scan, asked == null ? null : asked.bookmark));
            return read.exceptionallyCompose(failure -> {
                Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                if (cause instanceof Replica.Unfit unfit) {
                    meters.fellBack(unfit.reason());
                } else if (cause instanceof StoreUnavailable) {
                    meters.fellBack("busy");
                } else {
                    return CompletableFuture.failedStage(cause == null ? failure : cause);
                }
                return asked == null ? onPrimaryOfAnyTime() : onPrimary(asked.word);
            });
        }

        /** For a read of any state, which no replica can serve: it is refused only where the next primary lets wait, too. */
        private CompletionStage<Served<T>> onPrimaryOfAnyTime() {
            return primary.isReachable() || replicas.isEmpty()
                    ? onPrimary(null)
                    : primary.reached(PROMOTION_WAIT).thenCompose(nothing -> onPrimary(null));
        }

        private CompletionStage<Served<T>> onPrimary(@Nullable String word) {
            return counted(primary.read(query, scan, word));
        }

        private CompletionStage<Served<T>> counted(CompletionStage<Served<T>> read) {
            return read.whenComplete((served, failure) -> {
                if (served != null) {
                    meters.read(served.node().name());
                }
            });
        }
    }

    /** Takes no more calls and closes every connection. */
    @Override
    public void close() {
        primary.close();
        all.forEach(Replica::close);
        pulse.close();
    }
}
