package dev.parley.expiry;

import dev.parley.session.SignalingException;
import dev.parley.store.Database;
import dev.parley.store.Database.Work;
import dev.parley.store.Futures;
import dev.parley.store.sql.SessionStore;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jboss.logging.Logger.Level;

/** Deletes expired sessions in batches, each in its own transaction, so that writers wait for one batch at most. */
@Singleton
public class Sweeper {
    private static final Logger LOG = Logger.getLogger(Sweeper.class);
    private static final int BATCH_MAX = 100;

    private final Database database;
    private final InstantSource clock;
    private final Timer duration;
    private final Counter swept;

    public Sweeper(Database database, InstantSource clock, MeterRegistry registry) {
        this.database = database;
        this.clock = clock;
        this.duration = Timer.builder("parley.sweep")
                .description("Sweeps of this process, finished or not")
                .register(registry);
        this.swept = Counter.builder("parley.swept.sessions")
                .description("Expired sessions that this process deleted")
                .register(registry);
    }

    /** Sweeps in a server; the scheduler is disabled in commands. A failed sweep is logged and retried at the next time. */
    // An empty schedule is rejected at the start, after this is read.
    @Scheduled(every = "{parley.expiry.schedule:off}", concurrentExecution = ConcurrentExecution.SKIP)
    @Scheduled(cron = "{parley.expiry.cron}", concurrentExecution = ConcurrentExecution.SKIP)
    void sweepOnSchedule() {
        try {
            long deleted = duration.record((LongSupplier) this::sweep);
            swept.increment((double) deleted);
            LOG.debugf("Deleted %d expired sessions", deleted);
        } catch (SignalingException e) {
            // The store has already logged why the primary does not serve.
            Level level = database.nodes().get(0).serving() ? Level.WARN : Level.DEBUG;
            LOG.logf(level, "The sweep did not finish and will be retried: %s", e.detail());
        }
    }

    /**
     * Deletes every expired session and returns their number. Blocks until done; concurrent sweeps share the work.
     *
     * @throws SignalingException if the store fails; batches deleted before the failure stay deleted
     */
    public long sweep() {
        Instant now = clock.instant();
        long deleted = inBatches(tx -> SessionStore.sweep(tx, now, BATCH_MAX));
        inBatches(tx -> SessionStore.sweepClosed(tx, now, BATCH_MAX));
        return deleted;
    }

    private long inBatches(Work<Integer> sweep) {
        long deleted = 0;
        int batch;
        do {
            batch = Futures.join(database.write(sweep)).result();
            deleted += batch;
        } while (batch == BATCH_MAX);
        return deleted;
    }
}
