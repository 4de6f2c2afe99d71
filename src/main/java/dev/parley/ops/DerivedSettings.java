package dev.parley.ops;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.StoreUrl;
import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.Priorities;
import jakarta.annotation.Priority;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Derives settings of Quarkus from those of Parley: {@code parley.store.url} activates the data sources, persistence unit and
 * migrations of one engine and sets their addresses, {@code parley.log.format} enables the JSON log. A derived setting that an
 * operator sets, in the environment or as a system property, keeps the operator's value.
 */
@Priority(Priorities.LIBRARY + 600)
public final class DerivedSettings implements ConfigSourceInterceptor {
    /** Whether this process is a server; false in a command. */
    static final String SERVER = "quarkus.http.host-enabled";

    private static final long serialVersionUID = 1;

    private static final String URL_DEFAULT = "sqlite:data/parley.db";
    private static final String JSON_LOG = "quarkus.log.console.json.enabled";
    private static final String SOURCE = "quarkus.datasource.";
    private static final String UNIT = "quarkus.hibernate-orm.";
    private static final String FLYWAY = "quarkus.flyway.";
    private static final List<String> SQLITE =
            List.of(SOURCE + "sqlite", SOURCE + "sqlite-owner", UNIT + "sqlite", FLYWAY + "sqlite-owner");
    private static final List<String> POSTGRESQL =
            List.of(SOURCE + "postgresql", UNIT + "postgresql", FLYWAY + "postgresql");

    /** Sources inside the jar have a lower ordinal, sources of an operator a higher one. */
    private static final int OPERATOR_ORDINAL_MIN = 275;

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        ConfigValue configured = context.proceed(name);
        if (!isDerived(name) || (configured != null && configured.getConfigSourceOrdinal() >= OPERATOR_ORDINAL_MIN)) {
            return configured;
        }
        String derived = name.equals(JSON_LOG)
                ? jsonLog(context)
                : storeSettings(context).get(name);
        return derived == null
                ? configured
                : ConfigValue.builder()
                        .withName(name)
                        .withValue(derived)
                        .withRawValue(derived)
                        .withConfigSourceName(StoreUrl.KEY)
                        .withConfigSourceOrdinal(OPERATOR_ORDINAL_MIN)
                        .build();
    }

    private static boolean isDerived(String name) {
        return name.startsWith(SOURCE) || name.startsWith(UNIT) || name.startsWith(FLYWAY) || name.equals(JSON_LOG);
    }

    private static @Nullable String jsonLog(ConfigSourceInterceptorContext context) {
        ConfigValue format = context.proceed("parley.log.format");
        return format != null && "json".equalsIgnoreCase(format.getValue()) ? "true" : null;
    }

    private static Map<String, String> storeSettings(ConfigSourceInterceptorContext context) {
        ConfigValue setting = context.proceed(StoreUrl.KEY);
        String text = setting == null || setting.getValue() == null ? URL_DEFAULT : setting.getValue();
        var settings = new HashMap<String, String>();
        StoreUrl url;
        try {
            url = StoreUrl.parse(StoreUrl.KEY, text);
        } catch (InvalidConfiguration e) {
            // No engine, so that no other component fails before the check at the start reports the address.
            Stream.concat(SQLITE.stream(), POSTGRESQL.stream())
                    .forEach(part -> settings.put(part + ".active", "false"));
            return settings;
        }
        // Commands do not search as peers do; without Hibernate they start in three quarters of the time.
        ConfigValue server = context.proceed(SERVER);
        boolean hibernate = server == null || !"false".equals(server.getValue());
        boolean postgresql = url instanceof StoreUrl.Postgres;
        SQLITE.forEach(part -> activate(settings, part, !postgresql, hibernate, url));
        POSTGRESQL.forEach(part -> activate(settings, part, postgresql, hibernate, url));
        if (url instanceof StoreUrl.Postgres cluster) {
            if (cluster.user() != null) {
                settings.put(SOURCE + "postgresql.username", cluster.user());
            }
            if (cluster.password() != null) {
                settings.put(SOURCE + "postgresql.password", cluster.password());
            }
        }
        return settings;
    }

    private static void activate(
            Map<String, String> settings, String part, boolean active, boolean hibernate, StoreUrl url) {
        settings.put(part + ".active", Boolean.toString(active && (hibernate || !part.startsWith(UNIT))));
        if (active && part.startsWith(SOURCE)) {
            settings.put(part + ".jdbc.url", url.jdbc());
        }
    }
}
