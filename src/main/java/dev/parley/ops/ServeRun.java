package dev.parley.ops;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;

/** What a server does once both of its ports listen: it says so, and waits for its end. */
public final class ServeRun implements QuarkusApplication {
    private final StartLog log;

    public ServeRun(StartLog log) {
        this.log = log;
    }

    @Override
    public int run(String... args) {
        log.listening();
        Quarkus.waitForExit();
        return 0;
    }
}
