package dev.parley.ops;

import io.quarkus.arc.Unremovable;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Format of the log on standard error; {@link DerivedSettings} reads the setting, which is declared here to be validated. */
@ConfigMapping(prefix = "parley.log")
@Unremovable // no bean uses it, and the values of a removed mapping are not checked
public interface LogConfig {
    /** Lines of text, or one JSON object per line. */
    @WithDefault("text")
    LogFormat format();

    /** The format of the log. */
    enum LogFormat {
        TEXT,
        JSON
    }
}
