package dev.parley.store;

import io.quarkus.runtime.configuration.ConfigurationException;

/**
 * The service must not start, and the operator can do something about it: one clear line that names the setting or the file,
 * printed without a stack trace.
 */
public final class StartRefused extends ConfigurationException {
    private static final long serialVersionUID = 1;

    private final boolean temporary;

    public StartRefused(String line) {
        this(line, false);
    }

    private StartRefused(String line, boolean temporary) {
        super(line);
        this.temporary = temporary;
    }

    /** For what may end without a change of the settings, such as a database that is not up yet: another start may succeed. */
    public static StartRefused temporarily(String line) {
        return new StartRefused(line, true);
    }

    public boolean isTemporary() {
        return temporary;
    }
}
