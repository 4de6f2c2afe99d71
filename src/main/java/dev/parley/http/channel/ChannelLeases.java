package dev.parley.http.channel;

import dev.parley.signaling.Leases;
import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The leases of channels that have ended: commits the end, and closes the sessions in time. */
@Singleton
public final class ChannelLeases {
    private static final Logger LOG = Logger.getLogger(ChannelLeases.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** Maximum channels whose end is one transaction. */
    private static final int BATCH_MAX = 500;

    private final Leases leases;
    private final Vertx vertx;

    /** The holders that have ended, but not yet in the store. */
    private final Set<Long> ended = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean committing = new AtomicBoolean();
    private volatile boolean stopped;

    ChannelLeases(Leases leases, Vertx vertx) {
        this.leases = leases;
        this.vertx = vertx;
    }

    /** Begins to close sessions whose lease has ended; before the first request. */
    public void begin() {
        leases.begin().toCompletableFuture().join();
        checkLater();
    }

    /** In development mode the timers outlive the store of this instance. */
    @PreDestroy
    void stop() {
        stopped = true;
    }

    /** For leases whose timer was on another node, or in a process that has stopped. Checks neither overlap nor catch up after a pause. */
    private void checkLater() {
        vertx.setTimer(Leases.CHECK_INTERVAL.toMillis(), timer -> {
            if (stopped) {
                return;
            }
            closeOverdue();
            leases.checkNodes().whenComplete((checked, failure) -> {
                log(failure);
                checkLater();
            });
        });
    }

    Leases leases() {
        return leases;
    }

    /** The channel of {@code holder} has ended. */
    void end(long holder) {
        ended.add(holder);
        commitEnds();
    }

    /** Commits the ends that have come together while the last ones were committed. */
    private void commitEnds() {
        if (!stopped && !ended.isEmpty() && committing.compareAndSet(false, true)) {
            List<Long> holders = ended.stream().limit(BATCH_MAX).toList();
            holders.forEach(ended::remove);
            leases.end(holders).whenComplete((durations, failure) -> {
                log(failure);
                committing.set(false);
                if (failure == null) {
                    durations.forEach(time -> vertx.setTimer(time.toMillis(), timer -> closeOverdue()));
                    commitEnds();
                } else {
                    ended.addAll(holders);
                    vertx.setTimer(RETRY.toMillis(), timer -> commitEnds());
                }
            });
        }
    }

    private void closeOverdue() {
        if (!stopped) {
            leases.closeOverdue().whenComplete((closed, failure) -> log(failure));
        }
    }

    /** The next check tries again. */
    private static void log(@Nullable Throwable failure) {
        if (failure != null) {
            LOG.debug("The leases of sessions were not checked and will be again", failure);
        }
    }
}
