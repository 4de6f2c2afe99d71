package dev.parley.store.postgresql;

import dev.parley.store.Bookmark;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Chooses among the replicas: those of the own region first, in turns; a far one only where no near one will do. */
final class Replicas {
    private final List<Replica> near;
    private final List<Replica> far;
    private final AtomicInteger turn = new AtomicInteger();

    Replicas(List<Replica> replicas, String region) {
        this.near = replicas.stream().filter(replica -> isIn(replica, region)).toList();
        this.far = replicas.stream().filter(replica -> !isIn(replica, region)).toList();
    }

    private static boolean isIn(Replica replica, String region) {
        return replica.node().region().equals(region);
    }

    boolean isEmpty() {
        return near.isEmpty() && far.isEmpty();
    }

    /** Any that is in service. */
    Optional<Replica> anywhere() {
        return first(Replica::admits);
    }

    /** One that answers, in service or not: for reads that take any state while there is no primary. */
    Optional<Replica> lastResort() {
        return first(Replica::answers);
    }

    /** One in service that was seen at {@code bookmark} or behind it. */
    Optional<Replica> at(Bookmark bookmark) {
        return first(replica -> replica.hasReached(bookmark) && replica.admits());
    }

    /** The one in service that will reach a bookmark first. */
    Optional<Replica> closest() {
        Comparator<Replica> progress =
                Comparator.comparingLong(replica -> replica.state().position());
        Optional<Replica> closest = near.stream().filter(Replica::isServing).max(progress);
        return closest.isPresent()
                ? closest
                : far.stream().filter(Replica::isServing).max(progress);
    }

    private Optional<Replica> first(Predicate<Replica> fit) {
        int start = turn.getAndIncrement();
        Optional<Replica> found = first(near, start, fit);
        return found.isPresent() ? found : first(far, start, fit);
    }

    private static Optional<Replica> first(List<Replica> replicas, int start, Predicate<Replica> fit) {
        for (int i = 0; i < replicas.size(); i++) {
            Replica replica = replicas.get(Math.floorMod(start + i, replicas.size()));
            if (fit.test(replica)) {
                return Optional.of(replica);
            }
        }
        return Optional.empty();
    }
}
