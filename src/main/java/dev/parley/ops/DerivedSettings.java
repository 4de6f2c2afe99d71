package dev.parley.ops;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.StoreUrl;
import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.Priorities;
import jakarta.annotation.Priority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Derives settings of Quarkus from those of Parley: {@code parley.store.url} activates the data sources, persistence unit and
 * migrations of one engine and sets their addresses, {@code parley.log.format} enables the JSON log. Without a writable temporary
 * folder Vert.x keeps no files there; then only the page that needs them, {@code /q/swagger-ui}, is missing. A derived setting that
 * an operator sets, in the environment or as a system property, keeps the operator's value.
 */
@Priority(Priorities.LIBRARY + 600)
public final class DerivedSettings implements ConfigSourceInterceptor {
    /** Whether this process is a server; false in a command. */
    static final String SERVER = "quarkus.http.host-enabled";

    private static final long serialVersionUID = 1;

    private static final String URL_DEFAULT = "sqlite:data/parley.db";
    private static final String JSON_LOG = "quarkus.log.console.json.enabled";
    private static final Set<String> TEMPORARY_FILES =
            Set.of("quarkus.vertx.caching", "quarkus.vertx.classpath-resolving");
    private static final Pattern OF_AN_ENGINE = Pattern.compile(
            "quarkus\\.(datasource|hibernate-orm|flyway)\\.(sqlite|sqlite-owner|postgresql)\\.(active|jdbc\\.url|username|password)");

    /** Sources inside the jar have a lower ordinal, sources of an operator a higher one. */
    private static final int OPERATOR_ORDINAL_MIN = 275;

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        ConfigValue configured = context.proceed(name);
        Matcher setting = OF_AN_ENGINE.matcher(name);
        boolean ofTemporaryFiles = TEMPORARY_FILES.contains(name);
        boolean derivable = setting.matches() || ofTemporaryFiles || name.equals(JSON_LOG);
        if (!derivable || (configured != null && configured.getConfigSourceOrdinal() >= OPERATOR_ORDINAL_MIN)) {
            return configured;
        }
        String derived;
        if (ofTemporaryFiles) {
            derived = Files.isWritable(Path.of(System.getProperty("java.io.tmpdir"))) ? null : "false";
        } else if (name.equals(JSON_LOG)) {
            derived = String.valueOf("json".equalsIgnoreCase(value(context, "parley.log.format", "text")));
        } else {
            derived = derived(context, setting);
        }
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

    private static @Nullable String derived(ConfigSourceInterceptorContext context, Matcher setting) {
        boolean ofPostgres = setting.group(2).equals("postgresql");
        StoreUrl url;
        try {
            url = StoreUrl.parse(StoreUrl.KEY, value(context, StoreUrl.KEY, URL_DEFAULT));
        } catch (InvalidConfiguration e) {
            // No engine, so that no other component fails before the check at the start reports the address.
            return setting.group(3).equals("active") ? "false" : null;
        }
        boolean selected = ofPostgres == url instanceof StoreUrl.Postgres;
        return switch (setting.group(3)) {
            // Commands do not search as peers do; without Hibernate they start in three quarters of the time.
            case "active" ->
                String.valueOf(selected
                        && (!setting.group(1).equals("hibernate-orm")
                                || value(context, SERVER, "true").equals("true")));
            case "jdbc.url" -> selected ? url.jdbc() : null;
            case "username" -> url instanceof StoreUrl.Postgres cluster && ofPostgres ? cluster.user() : null;
            default -> url instanceof StoreUrl.Postgres cluster && ofPostgres ? cluster.password() : null;
        };
    }

    private static String value(ConfigSourceInterceptorContext context, String name, String absent) {
        ConfigValue setting = context.proceed(name);
        return setting == null || setting.getValue() == null ? absent : setting.getValue();
    }
}
