package dev.parley.ops;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.Priorities;
import jakarta.annotation.Priority;
import org.jspecify.annotations.Nullable;

/** Makes {@code parley.log.format} the one setting by which the log is text or JSON. */
@Priority(Priorities.LIBRARY + 600)
public final class LogInterceptor implements ConfigSourceInterceptor {
    private static final long serialVersionUID = 1;

    private static final String FORMAT = "parley.log.format";
    private static final String JSON = "quarkus.log.console.json.enabled";

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        ConfigValue said = context.proceed(name);
        if (said == null || !name.equals(JSON)) {
            return said;
        }
        ConfigValue format = context.proceed(FORMAT);
        boolean json = format != null && "json".equalsIgnoreCase(format.getValue());
        return json ? said.withValue("true") : said;
    }
}
