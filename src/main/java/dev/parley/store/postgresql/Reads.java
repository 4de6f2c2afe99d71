package dev.parley.store.postgresql;

import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.Bookmark;
import dev.parley.store.Futures;
import dev.parley.store.Node;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Brings each read to a node that is new enough for it. One read is served by one node from one snapshot; where a replica cannot
 * serve it, the primary does, once.
 */
final class Reads {
    /** A standby that is promoted serves nothing until it is met as the primary; who takes any state waits for that. */
    private static final Duration PROMOTION_WAIT = Duration.ofMillis(500);

    private final PrimaryNode primary;
    private final List<ReplicaNode> all;
    private final Replicas replicas;
    private final PostgresHistory history;
    private final PostgresMeters meters;
    private final Duration bookmarkWait;

    /**
     * @param replicas chooses among {@code all}
     * @param bookmarkWait how long a read waits for a replica to reach its bookmark, and the primary to show it
     */
    Reads(
            PrimaryNode primary,
            List<ReplicaNode> all,
            Replicas replicas,
            PostgresHistory history,
            PostgresMeters meters,
            Duration bookmarkWait) {
        this.primary = primary;
        this.all = all;
        this.replicas = replicas;
        this.history = history;
        this.meters = meters;
        this.bookmarkWait = bookmarkWait;
    }

    /** @param scan whether it may take its time */
    <T> CompletionStage<Served<T>> read(ReadFrom from, NodeQuery<T> query, boolean scan) {
        return new Reading<>(query, scan).from(from);
    }

    /** One read on its way to the node that serves it. */
    private final class Reading<T> {
        private final NodeQuery<T> query;
        private final boolean scan;

        Reading(NodeQuery<T> query, boolean scan) {
            this.query = query;
            this.scan = scan;
        }

        CompletionStage<Served<T>> from(ReadFrom from) {
            if (from instanceof ReadFrom.AtLeast atLeast) {
                return atLeast(history.opened(atLeast.bookmark()));
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
            Optional<ReplicaNode> replica = replicas.anywhere();
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

        private CompletionStage<Served<T>> atLeast(Bookmark bookmark) {
            // Only the primary can tell a bookmark of another history from one of a timeline that is new here.
            if (replicas.isEmpty() || !history.lineage().holds(bookmark)) {
                return onPrimary(bookmark);
            }
            Optional<ReplicaNode> there = replicas.at(bookmark);
            if (there.isPresent()) {
                return onReplica(there.get(), bookmark);
            }
            Optional<ReplicaNode> closest = replicas.closest();
            if (closest.isEmpty()) {
                meters.fellBack("none-in-service");
                return onPrimary(bookmark);
            }
            if (closest.get().isStuck()) {
                meters.fellBack("behind");
                return onPrimary(bookmark);
            }
            return awaited(closest.get(), bookmark);
        }

        private CompletionStage<Served<T>> awaited(ReplicaNode replica, Bookmark asked) {
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
            return all.stream()
                    .filter(replica -> replica.node().equals(node))
                    .findFirst()
                    .map(replica -> counted(replica.read(query, true, null)))
                    .orElseThrow();
        }

        private CompletionStage<Served<T>> onReplica(ReplicaNode replica, @Nullable Bookmark asked) {
            CompletionStage<Served<T>> read = counted(replica.read(query, scan, asked));
            return read.exceptionallyCompose(failure -> {
                Throwable cause = Futures.cause(failure);
                if (cause instanceof ReplicaNode.Unfit unfit) {
                    meters.fellBack(unfit.reason());
                } else if (cause instanceof StoreUnavailable) {
                    meters.fellBack("busy");
                } else {
                    return CompletableFuture.failedStage(failure);
                }
                return asked == null ? onPrimaryOfAnyTime() : onPrimary(asked);
            });
        }

        /** For a read of any state, which no replica in service can serve. */
        private CompletionStage<Served<T>> onPrimaryOfAnyTime() {
            CompletionStage<Served<T>> read = primary.isReachable() || replicas.isEmpty()
                    ? onPrimary(null)
                    : primary.reached(PROMOTION_WAIT).thenCompose(nothing -> onPrimary(null));
            return read.exceptionallyCompose(failure -> Futures.cause(failure) instanceof StoreUnavailable refusal
                    ? onLastResort(refusal)
                    : CompletableFuture.failedStage(failure));
        }

        /** The primary was lost with the read on its way: a replica that lags is better than a refusal. */
        private CompletionStage<Served<T>> onLastResort(StoreUnavailable refusal) {
            Optional<ReplicaNode> replica = replicas.lastResort();
            if (replica.isEmpty()) {
                return CompletableFuture.failedStage(refusal);
            }
            return counted(replica.get().read(query, scan, null)).exceptionallyCompose(failure -> {
                Throwable cause = Futures.cause(failure);
                return CompletableFuture.failedStage(cause instanceof ReplicaNode.Unfit ? refusal : failure);
            });
        }

        /** A bookmark may be of what only a replica has shown so far. */
        private CompletionStage<Served<T>> onPrimary(@Nullable Bookmark asked) {
            NodeQuery<T> settled = asked == null || replicas.isEmpty()
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
