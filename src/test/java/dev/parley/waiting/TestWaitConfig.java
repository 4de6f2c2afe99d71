package dev.parley.waiting;

import java.time.Duration;
import java.util.Optional;

/** Settings of a {@link WaitRegistry} under test, not restricted to the bounds of the configuration. */
record TestWaitConfig(int perSession, int perClient, int total, Duration interval) implements WaitConfig {
    @Override
    public Optional<Duration> recheck() {
        return Optional.of(interval);
    }

    @Override
    public int perRequest() {
        return perSession;
    }

    @Override
    public int perTopic() {
        return perSession;
    }

    @Override
    public Duration max() {
        return Duration.ofSeconds(30);
    }

    @Override
    public Duration keepAlive() {
        return Duration.ofSeconds(15);
    }
}
