package dev.parley.ops;

import dev.parley.config.InvalidConfiguration;
import dev.parley.store.StoreUrl;
import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.Priorities;
import jakarta.annotation.Priority;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes one setting of many: {@code parley.store.url} says which engine there is, and so which of Quarkus' data sources,
 * persistence units and migrations are active and where they connect. A setting of Quarkus' own that an operator gives (in the
 * environment or as a system property) is left as it is.
 */
@Priority(Priorities.LIBRARY + 600)
public final class StoreInterceptor implements ConfigSourceInterceptor {
    private static final long serialVersionUID = 1;

    private static final String URL_DEFAULT = "sqlite:data/parley.db";

    /** What is packed into the jar has a lower ordinal, what an operator says a higher one. */
    private static final int OPERATORS_ORDINAL_MIN = 275;

    private static final String SOURCE = "quarkus.datasource.";
    private static final String UNIT = "quarkus.hibernate-orm.";
    private static final String FLYWAY = "quarkus.flyway.";

    private static final Set<String> SQLITE =
            Set.of(SOURCE + "sqlite", SOURCE + "sqlite-owner", UNIT + "sqlite", FLYWAY + "sqlite-owner");
    private static final Set<String> POSTGRESQL =
            Set.of(SOURCE + "postgresql", UNIT + "postgresql", FLYWAY + "postgresql");

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
        ConfigValue said = context.proceed(name);
        if (!isAnswered(name) || (said != null && said.getConfigSourceOrdinal() >= OPERATORS_ORDINAL_MIN)) {
            return said;
        }
        String answer = answers(context).get(name);
        return answer == null
                ? said
                : ConfigValue.builder()
                        .withName(name)
                        .withValue(answer)
                        .withRawValue(answer)
                        .withConfigSourceName(StoreUrl.KEY)
                        .withConfigSourceOrdinal(OPERATORS_ORDINAL_MIN)
                        .build();
    }

    @Override
    public Iterator<String> iterateNames(ConfigSourceInterceptorContext context) {
        var names = new LinkedHashSet<String>();
        context.iterateNames().forEachRemaining(names::add);
        names.addAll(answers(context).keySet());
        return names.iterator();
    }

    private static boolean isAnswered(String name) {
        return name.startsWith(SOURCE) || name.startsWith(UNIT) || name.startsWith(FLYWAY);
    }

    private static Map<String, String> answers(ConfigSourceInterceptorContext context) {
        ConfigValue setting = context.proceed(StoreUrl.KEY);
        String text = setting == null || setting.getValue() == null ? URL_DEFAULT : setting.getValue();
        StoreUrl url;
        try {
            url = StoreUrl.parse(StoreUrl.KEY, text);
        } catch (InvalidConfiguration e) {
            return Map.of(); // said again, in one line, where the store is made
        }
        var answers = new HashMap<String, String>();
        boolean postgresql = url instanceof StoreUrl.Postgres;
        SQLITE.forEach(part -> activate(answers, part, !postgresql, url));
        POSTGRESQL.forEach(part -> activate(answers, part, postgresql, url));
        if (url instanceof StoreUrl.Postgres cluster) {
            if (cluster.user() != null) {
                answers.put(SOURCE + "postgresql.username", cluster.user());
            }
            if (cluster.password() != null) {
                answers.put(SOURCE + "postgresql.password", cluster.password());
            }
        }
        return answers;
    }

    private static void activate(Map<String, String> answers, String part, boolean active, StoreUrl url) {
        answers.put(part + ".active", Boolean.toString(active));
        if (active && part.startsWith(SOURCE)) {
            answers.put(part + ".jdbc.url", url.jdbc());
        }
    }
}
