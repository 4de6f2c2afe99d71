package dev.parley.config;

import io.quarkus.runtime.configuration.ConfigurationException;

/**
 * The service must not start, and the operator can do something about it: one clear line that names the setting or the file,
 * printed without a stack trace.
 */
public final class InvalidConfiguration extends ConfigurationException {
    private static final long serialVersionUID = 1;

    private final boolean temporary;

    public InvalidConfiguration(String line) {
        this(line, false);
    }

    private InvalidConfiguration(String line, boolean temporary) {
        super(line);
        this.temporary = temporary;
    }

    /** For what may end without a change of the settings, such as a database that is not up yet: another start may succeed. */
    public static InvalidConfiguration temporarily(String line) {
        return new InvalidConfiguration(line, true);
    }

    public boolean isTemporary() {
        return temporary;
    }
}
