package dev.parley.campaigns.histories;

import dev.parley.session.SignalingException;
import dev.parley.signaling.DefaultLimits;
import dev.parley.signaling.SessionConfig;
import dev.parley.store.postgresql.PostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A service and its surroundings: a clock that ticks, a sweeper, and replicas that fall behind and catch up. */
final class Environment implements AutoCloseable {
    /** Defaults, but sessions may be short, so that they expire in use. */
    static final SessionConfig LIMITS =
            DefaultLimits.living(Duration.ofSeconds(Operation.TTL_SECONDS_DEFAULT), Duration.ofSeconds(1));

    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration BETWEEN_TICKS = Duration.ofMillis(4);
    private static final int TICKS_BETWEEN_SWEEPS = 5;
    private static final Duration PAUSE = Duration.ofMillis(30);

    private final ServiceUnderTest service;
    private final RecordedClock clock;
    private final List<AutoCloseable> parts;
    private final List<Thread> around;
    private volatile boolean over;

    /** An action that is repeated in the background. */
    interface Stir {
        void once() throws Exception;
    }

    /** @param parts closed after the service, in this order */
    Environment(ServiceUnderTest service, RecordedClock clock, List<Stir> stirs, List<AutoCloseable> parts) {
        this.service = service;
        this.clock = clock;
        this.parts = List.copyOf(parts);
        this.around = stirs.stream()
                .map(stir -> new Thread(() -> stir(stir), "around-the-histories"))
                .toList();
        around.forEach(Thread::start);
    }

    /** A clock that ticks, and a sweep every few ticks. */
    static Stir ticking(RecordedClock clock, Stir sweep) {
        return new Stir() {
            private int ticks;

            @Override
            public void once() throws Exception {
                LockSupport.parkNanos(BETWEEN_TICKS.toNanos());
                clock.advance(TICK);
                if (++ticks % TICKS_BETWEEN_SWEEPS == 0) {
                    sweep.once();
                }
            }
        };
    }

    /** A replica that falls behind and catches up. */
    static Stir lagging(PostgresServer standby) {
        return () -> {
            standby.pauseReplay();
            Thread.sleep(PAUSE.toMillis());
            standby.resumeReplay();
            Thread.sleep(PAUSE.toMillis());
        };
    }

    private void stir(Stir stir) {
        while (!over) {
            try {
                stir.once();
            } catch (SignalingException e) {
                // a sweep that found the store busy comes again
            } catch (Exception e) {
                throw new IllegalStateException("What goes on around the histories has failed", e);
            }
        }
    }

    ServiceUnderTest service() {
        return service;
    }

    RecordedClock clock() {
        return clock;
    }

    @Override
    public void close() {
        over = true;
        try {
            for (Thread thread : around) {
                thread.join();
            }
            service.close();
            for (AutoCloseable part : parts) {
                part.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
