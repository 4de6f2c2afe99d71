package dev.parley.store.postgresql;

import dev.parley.config.InvalidConfiguration;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.Bookmark;
import dev.parley.store.Database;
import dev.parley.store.Database.Work;
import dev.parley.store.Futures;
import dev.parley.store.Node.NodeState;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import dev.parley.store.Served.ReplyPosition;
import dev.parley.store.Statements;
import dev.parley.store.Statements.Sql;
import dev.parley.store.sql.Schema;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/**
 * The engine of many machines: writes on the primary, reads on any node that is new enough for them.
 *
 * <p>One read is served by one node from one snapshot; if a replica cannot serve it, the primary does, once. Replicas of the own region
 * are used in turn, others only if none of these is suitable.
 */
public final class PostgresDatabase implements Database {
    private static final int HISTORY_ID_BYTES = 8;

    /** A standby that is promoted serves nothing until it is known as the primary; reads of any state wait for that. */
    private static final Duration PROMOTION_WAIT = Duration.ofMillis(500);

    private static final Sql BEGIN_HISTORY =
            new Sql("begin-history", "INSERT INTO history (single, id) VALUES (1, ?) ON CONFLICT (single) DO NOTHING");
    private static final Sql HISTORY_ID = new Sql("history-id", "SELECT id FROM history");

    private final PrimaryLocator locator;
    private final PostgresSettings settings;
    private final PostgresMeters meters;
    private final PostgresHistory history;
    private final PrimaryNode primary;

    /** Those of the own region first. */
    private final List<ReplicaNode> replicas;

    private final int near;
    private final AtomicInteger turn = new AtomicInteger();

    /**
     * Connects to the primary and starts to probe the replicas, which need not be reachable yet.
     *
     * @throws InvalidConfiguration if the primary cannot be reached, or has no store of this or an older version
     */
    public PostgresDatabase(PrimaryLocator locator, Flyway flyway, SecureRandom random, MeterRegistry registry) {
        this.locator = locator;
        this.settings = locator.settings();
        migrate(flyway);
        this.meters = new PostgresMeters(registry);
        this.history = new PostgresHistory(settings.lagMax(), System::nanoTime);
        this.primary = new PrimaryNode(locator, history, meters);
        begin(random);
        this.replicas = settings.replicas().stream()
                .map(replica -> new ReplicaNode(replica, locator, history, meters))
                .sorted(Comparator.comparing(this::isFar))
                .toList();
        this.near = (int) replicas.stream().filter(replica -> !isFar(replica)).count();
    }

    private void migrate(Flyway flyway) {
        try {
            locator.locate();
            locator.schema(flyway).open(settings.serving());
        } catch (SQLException e) {
            throw PostgresFailure.unreachable(settings.url(), e);
        } catch (Schema.Unusable e) {
            throw PostgresFailure.refused(settings.url(), e);
        }
    }

    private void begin(SecureRandom random) {
        var fresh = new byte[HISTORY_ID_BYTES];
        random.nextBytes(fresh);
        try {
            NodeConnection first = primary.take();
            Statements statements = first.statements();
            statements.call(BEGIN_HISTORY).bind(fresh).update();
            byte[] id = statements.call(HISTORY_ID).first(row -> row.getBytes(1));
            if (id == null) {
                throw PostgresFailure.refused(settings.url(), "its table history is empty");
            }
            locator.seen().save();
            history.begin(ByteBuffer.wrap(id).getLong(), first.position(locator.seen()));
            primary.startProbe(first);
        } catch (SQLException e) {
            throw PostgresFailure.isOfConnection(e)
                    ? PostgresFailure.unreachable(settings.url(), e)
                    : PostgresFailure.refused(settings.url(), "the primary cannot be used: " + PostgresFailure.line(e));
        }
    }

    private boolean isFar(ReplicaNode replica) {
        return !replica.node().region().equals(settings.region());
    }

    @Override
    public <T> CompletionStage<Served<T>> write(Work<T> work) {
        return primary.write(work);
    }

    @Override
    public <T> CompletionStage<Served<T>> read(ReadFrom from, Work<T> work) {
        return new Reading<>(work, false).from(from);
    }

    @Override
    public <T> CompletionStage<Served<T>> scan(ReadFrom from, Work<T> work) {
        return new Reading<>(work, true).from(from);
    }

    private Optional<ReplicaNode> first(Predicate<ReplicaNode> suitable) {
        int start = turn.getAndIncrement();
        for (int i = 0; i < replicas.size(); i++) {
            int index =
                    i < near ? Math.floorMod(start + i, near) : near + Math.floorMod(start + i, replicas.size() - near);
            if (suitable.test(replicas.get(index))) {
                return Optional.of(replicas.get(index));
            }
        }
        return Optional.empty();
    }

    /** The replica in service that will reach a bookmark first. */
    private Optional<ReplicaNode> furthest() {
        return replicas.stream()
                .filter(ReplicaNode::isServing)
                .min(Comparator.comparing(this::isFar)
                        .thenComparing(
                                Comparator.comparing(ReplicaNode::position).reversed()));
    }

    /** One read on its way to the node that serves it. */
    private final class Reading<T> {
        private final Work<T> work;
        private final boolean scan;

        Reading(Work<T> work, boolean scan) {
            this.work = work;
            this.scan = scan;
        }

        CompletionStage<Served<T>> from(ReadFrom from) {
            if (from instanceof ReadFrom.AtLeast atLeast) {
                return atLeast(history.translated(atLeast.bookmark()));
            }
            if (from instanceof ReadFrom.Anywhere) {
                return anywhere();
            }
            if (from instanceof ReadFrom.At at && !at.node().primary()) {
                return replicas.stream()
                        .filter(replica -> replica.node().equals(at.node()))
                        .findFirst()
                        .map(replica -> counted(replica.read(work, scan, null)))
                        .orElseThrow();
            }
            return onPrimary(null);
        }

        private CompletionStage<Served<T>> anywhere() {
            Optional<ReplicaNode> replica = first(ReplicaNode::isServing);
            if (replica.isEmpty() && !primary.isServing()) {
                replica = first(ReplicaNode::isAnswering);
            }
            if (replica.isPresent()) {
                return onReplica(replica.get(), null);
            }
            return replicas.isEmpty() ? onPrimary(null) : fallBack("none-in-service", null);
        }

        private CompletionStage<Served<T>> atLeast(Bookmark asked) {
            // Only the primary can distinguish a bookmark of another history from one of a timeline that is new here.
            if (replicas.isEmpty() || !history.timelines().contains(asked)) {
                return onPrimary(asked);
            }
            Optional<ReplicaNode> there = first(replica -> replica.hasReached(asked) && replica.isServing());
            if (there.isPresent()) {
                return onReplica(there.get(), asked);
            }
            Optional<ReplicaNode> furthest = furthest();
            if (furthest.isEmpty()) {
                return fallBack("none-in-service", asked);
            }
            if (furthest.get().isStuck()) {
                return fallBack("behind", asked);
            }
            long since = System.nanoTime();
            return furthest.get().reach(asked, settings.bookmarkWait()).thenCompose(reached -> {
                meters.waited(System.nanoTime() - since);
                return reached ? onReplica(furthest.get(), asked) : fallBack("behind", asked);
            });
        }

        private CompletionStage<Served<T>> onReplica(ReplicaNode replica, @Nullable Bookmark asked) {
            return counted(replica.read(work, scan, asked)).exceptionallyCompose(failure -> {
                Throwable cause = Futures.cause(failure);
                if (cause instanceof ReplicaNode.Unfit) {
                    return fallBack(String.valueOf(cause.getMessage()), asked);
                }
                return cause instanceof StoreUnavailable
                        ? fallBack("busy", asked)
                        : CompletableFuture.failedStage(failure);
            });
        }

        /** To the primary; a read of any state also to a replica that lags, which is better than a refusal. */
        private CompletionStage<Served<T>> fallBack(String reason, @Nullable Bookmark asked) {
            meters.fellBack(reason);
            if (asked != null) {
                return onPrimary(asked);
            }
            CompletionStage<Served<T>> read = primary.isServing()
                    ? onPrimary(null)
                    : primary.await(primary::isServing, PROMOTION_WAIT).thenCompose(nothing -> onPrimary(null));
            return read.exceptionallyCompose(refusal -> {
                Optional<ReplicaNode> replica = first(ReplicaNode::isAnswering);
                if (replica.isEmpty() || !(Futures.cause(refusal) instanceof StoreUnavailable)) {
                    return CompletableFuture.failedStage(refusal);
                }
                return counted(replica.get().read(work, scan, null))
                        .exceptionallyCompose(failure -> CompletableFuture.failedStage(
                                Futures.cause(failure) instanceof ReplicaNode.Unfit ? refusal : failure));
            });
        }

        private CompletionStage<Served<T>> onPrimary(@Nullable Bookmark asked) {
            return counted(primary.read(work, scan, asked));
        }

        private CompletionStage<Served<T>> counted(CompletionStage<Served<T>> read) {
            return read.whenComplete((served, failure) -> {
                if (served != null) {
                    meters.read(served.node().name());
                } else {
                    Futures.decision(failure)
                            .ifPresent(by -> meters.read(by.node().name()));
                }
            });
        }
    }

    /** The operator watches the space of a cluster. */
    @Override
    public boolean takeRoom(long bytes) {
        return true;
    }

    @Override
    public ReplyPosition position(ReadFrom from) {
        Bookmark newest = history.newest();
        if (!(from instanceof ReadFrom.AtLeast atLeast)) {
            return new ReplyPosition(history.text(newest), primary.node(), false);
        }
        Bookmark asked = history.translated(atLeast.bookmark());
        boolean reset = !history.timelines().contains(asked);
        boolean isNewer = !reset && PostgresHistory.isLater(asked, newest);
        return new ReplyPosition(isNewer ? atLeast.bookmark().text() : history.text(newest), primary.node(), reset);
    }

    @Override
    public List<NodeState> nodes() {
        return Stream.concat(Stream.of(primary), replicas.stream())
                .map(ServerNode::state)
                .toList();
    }

    /** Accepts no more calls and closes every connection. */
    @Override
    public void close() {
        primary.close();
        replicas.forEach(ReplicaNode::close);
    }
}
