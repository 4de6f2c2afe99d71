package dev.parley.ops;

import io.quarkus.runtime.Quarkus;
import io.quarkus.vertx.http.HttpServer;
import io.smallrye.config.ConfigMappings.ConfigClass;
import io.smallrye.config.SmallRyeConfig;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Three lines at the start that answer an operator's first questions: which version, how is it set, where does it listen. */
@Singleton
public final class StartLog {
    private static final Logger LOG = Logger.getLogger("parley");
    private static final Set<String> SECRET_WORDS = Set.of("key", "keys", "secret", "password", "token");
    private static final Set<String> KEYS =
            ConfigClass.configClass(ParleyConfig.class).getProperties().keySet();
    private static final Pattern USER_INFO = Pattern.compile("//[^/@]*@");

    private final HttpServer server;
    private final SmallRyeConfig config;

    public StartLog(HttpServer server, SmallRyeConfig config) {
        this.server = server;
        this.config = config;
    }

    /** Both ports listen now. */
    void listening() {
        LOG.info(versions(config));
        LOG.infof("Configuration: %s", effective(config));
        LOG.infof(
                "Listening on http://%s:%d, described at /q/openapi; for operators on http://%s:%d",
                config.getConfigValue(ListenAddress.HTTP + ".host").getValue(),
                port(server.getPort(), ListenAddress.HTTP),
                config.getConfigValue(ListenAddress.MANAGEMENT + ".host").getValue(),
                port(server.getManagementPort(), ListenAddress.MANAGEMENT));
        Set<String> misspelt = misspelt(System.getenv().keySet());
        if (!misspelt.isEmpty()) {
            LOG.warnf("No setting has these names, and they have no effect: %s", String.join(", ", misspelt));
        }
    }

    /** The framework knows {@code bound} only where it chose it, and not after a restart in development mode; else it is as set. */
    private int port(int bound, String server) {
        return bound > 0 ? bound : config.getValue(server + ".port", Integer.class);
    }

    static String versions(SmallRyeConfig config) {
        return "Parley %s on Quarkus %s and Java %s"
                .formatted(
                        config.getConfigValue("quarkus.application.version").getValue(),
                        Quarkus.class.getPackage().getImplementationVersion(),
                        Runtime.version());
    }

    /** Every setting of ours as it is in force, secrets masked; what has no default and was not set is left out. */
    static String effective(SmallRyeConfig config) {
        return KEYS.stream()
                .sorted()
                .map(config::getConfigValue)
                .filter(setting -> setting.getValue() != null)
                .map(setting -> setting.getName() + "=" + shown(setting.getName(), setting.getValue()))
                .collect(Collectors.joining(", "));
    }

    /**
     * Environment variables that look like settings of ours and are none. They are no reason not to start: for a service named
     * parley Kubernetes sets some, such as {@code PARLEY_PORT}.
     */
    static Set<String> misspelt(Set<String> variables) {
        Set<String> known = KEYS.stream()
                .map(key -> key.replaceAll("[^a-z0-9]", "_").toUpperCase(Locale.ROOT))
                .collect(Collectors.toSet());
        return variables.stream()
                .filter(variable -> variable.startsWith("PARLEY_") && !known.contains(variable))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String shown(String name, String value) {
        String last = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        boolean secret = SECRET_WORDS.stream().anyMatch(word -> last.equals(word) || last.endsWith("-" + word));
        return secret ? "***" : USER_INFO.matcher(value).replaceAll("//***@");
    }
}
