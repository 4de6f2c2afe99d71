package dev.parley.ops;

import io.quarkus.runtime.Quarkus;
import io.quarkus.vertx.http.HttpServerStart;
import io.smallrye.config.SmallRyeConfig;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jboss.logging.Logger;

/** Three lines at the start that answer an operator's first questions: which version, how is it set, where does it listen. */
@Singleton
public final class StartLog {
    private static final Logger LOG = Logger.getLogger("parley");
    private static final Set<String> SECRET_WORDS = Set.of("key", "keys", "secret", "password", "token");
    private static final Pattern USER_INFO = Pattern.compile("//[^/@]*@");

    void listening(@ObservesAsync HttpServerStart server, SmallRyeConfig config) {
        LOG.infof(
                "Parley %s on Quarkus %s and Java %s",
                config.getConfigValue("quarkus.application.version").getValue(),
                Quarkus.class.getPackage().getImplementationVersion(),
                Runtime.version());
        LOG.infof("Configuration: %s", effective(config));
        LOG.infof(
                "Listening on http://%s:%d; what it offers is described at /q/openapi",
                server.options().getHost(), server.options().getPort());
    }

    /** Every setting of ours as it is in force, secrets masked. */
    static String effective(SmallRyeConfig config) {
        return StreamSupport.stream(config.getPropertyNames().spliterator(), false)
                .filter(name -> name.startsWith("parley."))
                .sorted(Comparator.naturalOrder())
                .map(name ->
                        name + "=" + shown(name, config.getConfigValue(name).getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String shown(String name, String value) {
        String last = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        boolean secret = SECRET_WORDS.stream().anyMatch(word -> last.equals(word) || last.endsWith("-" + word));
        return secret ? "***" : USER_INFO.matcher(value).replaceAll("//***@");
    }
}
