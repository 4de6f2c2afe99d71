package dev.parley.store;

import io.quarkus.runtime.configuration.ConfigurationException;

/**
 * The service must not start, and the operator can do something about it: one clear line that names the setting or the file,
 * printed without a stack trace; the exit code is 1.
 */
public final class StartRefused extends ConfigurationException {
    public StartRefused(String line) {
        super(line);
    }
}
