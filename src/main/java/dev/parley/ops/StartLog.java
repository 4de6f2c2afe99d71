package dev.parley.ops;

import dev.parley.access.AccessConfig;
import dev.parley.expiry.ExpiryConfig;
import dev.parley.http.HttpConfig;
import dev.parley.http.access.OriginConfig;
import dev.parley.http.channel.ChannelConfig;
import dev.parley.http.whip.WhipConfig;
import dev.parley.ice.IceConfig;
import dev.parley.signaling.SessionConfig;
import dev.parley.store.StoreConfig;
import dev.parley.store.crypto.EncryptionConfig;
import dev.parley.waiting.WaitConfig;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.vertx.http.HttpServer;
import io.smallrye.config.ConfigMappings.ConfigClass;
import io.smallrye.config.SmallRyeConfig;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Logs the version, the configuration and the addresses in three lines when both ports listen, and waits for the stop. */
public final class StartLog implements QuarkusApplication {
    private static final Logger LOG = Logger.getLogger("parley");
    private static final Set<String> SECRET_WORDS = Set.of("key", "keys", "secret", "password", "token");
    private static final Pattern USER_INFO = Pattern.compile("//[^/@]*@");
    private static final Set<String> KEYS = Stream.of(
                    AccessConfig.class,
                    ChannelConfig.class,
                    WhipConfig.class,
                    EncryptionConfig.class,
                    ExpiryConfig.class,
                    HttpConfig.class,
                    IceConfig.class,
                    LogConfig.class,
                    OriginConfig.class,
                    SessionConfig.class,
                    StoreConfig.class,
                    WaitConfig.class)
            .flatMap(mapping -> ConfigClass.configClass(mapping).getProperties().keySet().stream())
            .collect(Collectors.toCollection(TreeSet::new));

    private final HttpServer server;
    private final SmallRyeConfig config;
    private final Engines engines;

    public StartLog(HttpServer server, SmallRyeConfig config, Engines engines) {
        this.server = server;
        this.config = config;
        this.engines = engines;
    }

    @Override
    public int run(String... args) {
        LOG.info(versions(config));
        LOG.infof("Configuration: %s", effective(config));
        LOG.infof(
                "Listening on http://%s:%d (console at /, API description at /q/openapi); management on http://%s:%d",
                config.getConfigValue(Startup.HTTP + ".host").getValue(),
                port(server.getPort(), Startup.HTTP),
                config.getConfigValue(Startup.MANAGEMENT + ".host").getValue(),
                port(server.getManagementPort(), Startup.MANAGEMENT));
        Set<String> unknown = unknownVariables(System.getenv().keySet());
        if (!unknown.isEmpty()) {
            LOG.warnf("Ignored environment variables that are not settings: %s", String.join(", ", unknown));
        }
        engines.started();
        Quarkus.waitForExit();
        return 0;
    }

    /** The framework does not report a configured port after a restart in development mode. */
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

    /** The value of every setting of Parley that is set or has a default, with secrets masked. */
    static String effective(SmallRyeConfig config) {
        return KEYS.stream()
                .map(config::getConfigValue)
                .filter(setting -> setting.getValue() != null)
                .map(setting -> setting.getName() + "=" + masked(setting.getName(), setting.getValue()))
                .collect(Collectors.joining(", "));
    }

    /**
     * Environment variables that look like settings of Parley and are none. They do not stop the start: for a service named parley,
     * Kubernetes sets variables such as {@code PARLEY_PORT}.
     */
    public static Set<String> unknownVariables(Set<String> variables) {
        Set<String> known = KEYS.stream()
                .map(key -> key.replaceAll("[^a-z0-9]", "_").toUpperCase(Locale.ROOT))
                .collect(Collectors.toSet());
        return variables.stream()
                .filter(variable -> variable.startsWith("PARLEY_") && !known.contains(variable))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String masked(String name, String value) {
        String last = name.substring(name.lastIndexOf('.') + 1);
        boolean secret = SECRET_WORDS.stream().anyMatch(word -> last.equals(word) || last.endsWith("-" + word));
        return secret ? "***" : USER_INFO.matcher(value).replaceAll("//***@");
    }
}
