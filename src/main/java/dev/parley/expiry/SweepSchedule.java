package dev.parley.expiry;

import dev.parley.config.InvalidConfiguration;
import dev.parley.session.SignalingException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import io.quarkus.scheduler.Scheduler;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jboss.logging.Logger.Level;

/** Runs the sweeper again and again, never two sweeps at once. */
public final class SweepSchedule {
    private static final Logger LOG = Logger.getLogger(SweepSchedule.class);
    private static final String JOB = "sweep";
    private static final String OFF = "off";
    private static final Duration INTERVAL_MIN = Duration.ofSeconds(1);

    private final Scheduler scheduler;
    private final Sweeper sweeper;
    private final BooleanSupplier serving;
    private final Timer time;
    private final Counter swept;

    /** @param serving whether the primary serves; where it does not, the store has logged why */
    public SweepSchedule(Scheduler scheduler, Sweeper sweeper, BooleanSupplier serving, MeterRegistry registry) {
        this.scheduler = scheduler;
        this.sweeper = sweeper;
        this.serving = serving;
        this.time = Timer.builder("parley.sweep")
                .description("Sweeps of this process, finished or not")
                .register(registry);
        this.swept = Counter.builder("parley.swept.sessions")
                .description("Expired sessions that this process deleted")
                .register(registry);
    }

    /**
     * Starts the schedule.
     *
     * @param when an interval such as {@code 10s}, a cron expression with seconds first, or {@code off}
     * @throws InvalidConfiguration if {@code when} is none of them
     */
    public void start(String when) {
        schedule(scheduler, when, this::sweep);
    }

    /** Refuses what {@link #start} would refuse. */
    public static void refuseUnusable(Scheduler scheduler, String when) {
        schedule(scheduler, when, () -> {});
        scheduler.unscheduleJob(JOB);
    }

    private static void schedule(Scheduler scheduler, String when, Runnable task) {
        if (when.equals(OFF)) {
            return;
        }
        var job = scheduler
                .newJob(JOB)
                .setConcurrentExecution(ConcurrentExecution.SKIP)
                .setTask(execution -> task.run());
        try {
            if (when.contains(" ")) {
                job.setCron(when).schedule();
            } else {
                refuseTooOften(DurationConverter.parseDuration(when));
                job.setInterval(when).schedule();
            }
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new InvalidConfiguration("parley.expiry.schedule: \"" + when
                    + "\" is neither an interval such as 10s, nor a cron expression such as 0 */5 * * * ?, nor off.");
        }
    }

    /** What is shorter the scheduler would take for a second, and what is negative for nothing at all. */
    private static void refuseTooOften(Duration interval) {
        if (interval.compareTo(INTERVAL_MIN) < 0) {
            throw new InvalidConfiguration("parley.expiry.schedule: the shortest interval is 1s.");
        }
    }

    private void sweep() {
        try {
            long deleted = time.record((LongSupplier) sweeper::sweep);
            swept.increment((double) deleted);
            if (deleted > 0) {
                LOG.debugf("Deleted %d expired sessions", deleted);
            }
        } catch (SignalingException e) {
            LOG.logf(
                    serving.getAsBoolean() ? Level.WARN : Level.DEBUG,
                    "The sweep did not finish and will be tried again: %s",
                    e.detail());
        }
    }
}
