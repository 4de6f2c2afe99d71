package dev.parley.store.postgresql;

import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.Bookmark;
import dev.parley.store.Futures;
import dev.parley.store.Node;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the node for each read. One read is served by one node from one snapshot; if a replica cannot serve it, the primary
 * does, once. Replicas of the own region are used in turn, others only if none of these is suitable.
 */
final class ReadRouter {
    /** A standby that is promoted serves nothing until it is known as the primary; reads of any state wait for that. */
    private static final Duration PROMOTION_WAIT = Duration.ofMillis(500);

    private final PrimaryNode primary;
    private final List<ReplicaNode> near;
    private final List<ReplicaNode> far;
    private final PostgresHistory history;
    private final PostgresMeters meters;
    private final Duration bookmarkWait;
    private final AtomicInteger turn = new AtomicInteger();

    ReadRouter(
            PrimaryNode primary,
            List<ReplicaNode> replicas,
            PostgresHistory history,
            PostgresMeters meters,
            PostgresSettings settings) {
        this.primary = primary;
        Predicate<ReplicaNode> isNear = replica -> replica.node().region().equals(settings.region());
        this.near = replicas.stream().filter(isNear).toList();
        this.far = replicas.stream().filter(isNear.negate()).toList();
        this.history = history;
        this.meters = meters;
        this.bookmarkWait = settings.bookmarkWait();
    }

    /** @param scan whether {@code query} may take long */
    <T> CompletionStage<Served<T>> read(ReadFrom from, NodeConnection.Query<T> query, boolean scan) {
        return new Reading<>(query, scan).from(from);
    }

    private boolean hasNoReplicas() {
        return near.isEmpty() && far.isEmpty();
    }

    private Optional<ReplicaNode> first(Predicate<ReplicaNode> suitable) {
        int start = turn.getAndIncrement();
        return first(near, start, suitable).or(() -> first(far, start, suitable));
    }

    private static Optional<ReplicaNode> first(List<ReplicaNode> replicas, int start, Predicate<ReplicaNode> suitable) {
        for (int i = 0; i < replicas.size(); i++) {
            ReplicaNode replica = replicas.get(Math.floorMod(start + i, replicas.size()));
            if (suitable.test(replica)) {
                return Optional.of(replica);
            }
        }
        return Optional.empty();
    }

    /** The replica in service that will reach a bookmark first. */
    private Optional<ReplicaNode> furthest() {
        Comparator<ReplicaNode> progress =
                Comparator.comparingLong(replica -> replica.state().position());
        return near.stream()
                .filter(ReplicaNode::isServing)
                .max(progress)
                .or(() -> far.stream().filter(ReplicaNode::isServing).max(progress));
    }

    /** One read on its way to the node that serves it. */
    private final class Reading<T> {
        private final NodeConnection.Query<T> query;
        private final boolean scan;

        Reading(NodeConnection.Query<T> query, boolean scan) {
            this.query = query;
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
                return exactly(at.node());
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
            if (!hasNoReplicas()) {
                meters.fellBack("none-in-service");
            }
            return onPrimaryOrAnyReplica();
        }

        private CompletionStage<Served<T>> atLeast(Bookmark asked) {
            // Only the primary can distinguish a bookmark of another history from one of a timeline that is new here.
            if (hasNoReplicas() || !history.timelines().contains(asked)) {
                return onPrimary(asked);
            }
            Optional<ReplicaNode> there = first(replica -> replica.hasReached(asked) && replica.isServing());
            if (there.isPresent()) {
                return onReplica(there.get(), asked);
            }
            Optional<ReplicaNode> furthest = furthest();
            if (furthest.isEmpty()) {
                meters.fellBack("none-in-service");
                return onPrimary(asked);
            }
            if (furthest.get().isStuck()) {
                meters.fellBack("behind");
                return onPrimary(asked);
            }
            return whenReached(furthest.get(), asked);
        }

        private CompletionStage<Served<T>> whenReached(ReplicaNode replica, Bookmark asked) {
            long since = System.nanoTime();
            return replica.reach(asked, bookmarkWait).thenCompose(reached -> {
                meters.waited(System.nanoTime() - since);
                if (reached) {
                    return onReplica(replica, asked);
                }
                meters.fellBack("behind");
                return onPrimary(asked);
            });
        }

        private CompletionStage<Served<T>> exactly(Node node) {
            return Stream.concat(near.stream(), far.stream())
                    .filter(replica -> replica.node().equals(node))
                    .findFirst()
                    .map(replica -> counted(replica.read(query, true, null)))
                    .orElseThrow();
        }

        private CompletionStage<Served<T>> onReplica(ReplicaNode replica, @Nullable Bookmark asked) {
            return counted(replica.read(query, scan, asked)).exceptionallyCompose(failure -> {
                Throwable cause = Futures.cause(failure);
                if (cause instanceof ReplicaNode.Unfit) {
                    meters.fellBack(String.valueOf(cause.getMessage()));
                } else if (cause instanceof StoreUnavailable) {
                    meters.fellBack("busy");
                } else {
                    return CompletableFuture.failedStage(failure);
                }
                return asked == null ? onPrimaryOrAnyReplica() : onPrimary(asked);
            });
        }

        /** For a read of any state that no replica in service can serve. */
        private CompletionStage<Served<T>> onPrimaryOrAnyReplica() {
            CompletionStage<Served<T>> read = primary.isServing() || hasNoReplicas()
                    ? onPrimary(null)
                    : primary.back(PROMOTION_WAIT).thenCompose(nothing -> onPrimary(null));
            return read.exceptionallyCompose(failure -> Futures.cause(failure) instanceof StoreUnavailable refusal
                    ? onAnyReplica(refusal)
                    : CompletableFuture.failedStage(failure));
        }

        /** The primary failed while it had the read: a replica that lags is better than a refusal. */
        private CompletionStage<Served<T>> onAnyReplica(StoreUnavailable refusal) {
            Optional<ReplicaNode> replica = first(ReplicaNode::isAnswering);
            if (replica.isEmpty()) {
                return CompletableFuture.failedStage(refusal);
            }
            return counted(replica.get().read(query, scan, null)).exceptionallyCompose(failure -> {
                Throwable cause = Futures.cause(failure);
                return CompletableFuture.failedStage(cause instanceof ReplicaNode.Unfit ? refusal : failure);
            });
        }

        /** A bookmark may be of a commit that only a replica has shown so far. */
        private CompletionStage<Served<T>> onPrimary(@Nullable Bookmark asked) {
            NodeConnection.Query<T> settled = asked == null || hasNoReplicas()
                    ? query
                    : connection -> {
                        connection.settle(bookmarkWait);
                        return query.on(connection);
                    };
            return counted(primary.read(settled, scan, asked));
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
}
