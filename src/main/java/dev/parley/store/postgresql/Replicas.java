package dev.parley.store.postgresql;

import dev.parley.store.Bookmark;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Chooses among the replicas: those of the own region first, in turns; a far one only where no near one will do. */
final class Replicas {
    private final List<ReplicaNode> near;
    private final List<ReplicaNode> far;
    private final AtomicInteger turn = new AtomicInteger();

    Replicas(List<ReplicaNode> replicas, String region) {
        this.near = replicas.stream().filter(replica -> isIn(replica, region)).toList();
        this.far = replicas.stream().filter(replica -> !isIn(replica, region)).toList();
    }

    private static boolean isIn(ReplicaNode replica, String region) {
        return replica.node().region().equals(region);
    }

    boolean isEmpty() {
        return near.isEmpty() && far.isEmpty();
    }

    /** Any that is in service. */
    Optional<ReplicaNode> anywhere() {
        return first(ReplicaNode::admits);
    }

    /** One that answers, in service or not: for reads that take any state while there is no primary. */
    Optional<ReplicaNode> lastResort() {
        return first(ReplicaNode::answers);
    }

    /** One in service that was seen at {@code bookmark} or behind it. */
    Optional<ReplicaNode> at(Bookmark bookmark) {
        return first(replica -> replica.hasReached(bookmark) && replica.admits());
    }

    /** The one in service that will reach a bookmark first. */
    Optional<ReplicaNode> closest() {
        Comparator<ReplicaNode> progress =
                Comparator.comparingLong(replica -> replica.state().position());
        Optional<ReplicaNode> closest =
                near.stream().filter(ReplicaNode::isServing).max(progress);
        return closest.isPresent()
                ? closest
                : far.stream().filter(ReplicaNode::isServing).max(progress);
    }

    private Optional<ReplicaNode> first(Predicate<ReplicaNode> fit) {
        int start = turn.getAndIncrement();
        Optional<ReplicaNode> found = first(near, start, fit);
        return found.isPresent() ? found : first(far, start, fit);
    }

    private static Optional<ReplicaNode> first(List<ReplicaNode> replicas, int start, Predicate<ReplicaNode> fit) {
        for (int i = 0; i < replicas.size(); i++) {
            ReplicaNode replica = replicas.get(Math.floorMod(start + i, replicas.size()));
            if (fit.test(replica)) {
                return Optional.of(replica);
            }
        }
        return Optional.empty();
    }
}
