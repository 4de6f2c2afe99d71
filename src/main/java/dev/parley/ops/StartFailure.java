package dev.parley.ops;

import dev.parley.cli.ExitCode;
import dev.parley.config.InvalidConfiguration;
import io.quarkus.runtime.ApplicationLifecycleManager;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigValidationException;
import java.io.IOException;
import java.net.BindException;
import java.security.GeneralSecurityException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Why the service did not start, for the person who started it: one line for what that person can mend, else the whole story. */
final class StartFailure {
    // "SRCFG00050: parley.foo in EnvConfigSource does not map to any root", and "java.lang.IllegalArgumentException:
    // SRCFG…: The …"
    private static final Pattern CODES = Pattern.compile("([a-z]+\\.)+[A-Z]\\w+: |SRCFG\\d+: ");

    // "The config property parley.limits.page with the config value "x" threw an Exception whilst being converted
    // Expected …"
    private static final Pattern EMPTY = Pattern.compile(" is defined as the empty String .*? to be null: \\S+");
    private static final String THREW = " threw an Exception whilst being converted";

    /** These Parley checks itself before anything else is started. */
    private static final Pattern CHECKED =
            Pattern.compile("quarkus\\.(http|management)\\.(host|port)|quarkus\\.profile");

    private final Set<String> settings;

    /** @param settings of the framework's own that the operator has made, which it may refuse in its own words */
    StartFailure(Set<String> settings) {
        this.settings = Set.copyOf(settings);
    }

    /** The framework's settings among system properties and environment variables, but for those that Parley checks. */
    static Set<String> settings(Properties properties, Map<String, String> environment) {
        return Stream.concat(properties.stringPropertyNames().stream(), environment.keySet().stream())
                .filter(name -> name.startsWith("quarkus.") || name.startsWith("QUARKUS_"))
                .filter(name -> !CHECKED.matcher(name.toLowerCase(Locale.ROOT).replace('_', '.'))
                        .matches())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Ends the process, with a line on standard error where {@code failure} is one. In development mode it goes on: there the
     * framework restarts the service in the same virtual machine after each change of a source.
     */
    void exit(Integer code, @Nullable Throwable failure) {
        ApplicationLifecycleManager.getDefaultExitCodeHandler()
                .accept(failure == null ? code : (Integer) told(failure), failure);
    }

    private int told(Throwable failure) {
        Throwable cause = rootOf(failure);
        Optional<String> line = lineOf(cause);
        if (line.isPresent()) {
            System.err.println("parley: " + line.get());
        } else {
            failure.printStackTrace();
        }
        return codeOf(cause);
    }

    /** The exit code: whether another start may succeed, and with the same settings. */
    int codeOf(Throwable cause) {
        if (cause instanceof InvalidConfiguration refused && refused.isTemporary()) {
            return ExitCode.UNAVAILABLE;
        }
        return lineOf(cause).isPresent() ? ExitCode.FAILED : ExitCode.FAULT;
    }

    /** What a person can mend, in a line; nothing for a fault of ours. */
    Optional<String> lineOf(Throwable cause) {
        if (cause instanceof ConfigValidationException invalid) {
            return Optional.of(IntStream.range(0, invalid.getProblemCount())
                    .mapToObj(i -> plain(invalid.getProblem(i).getMessage()))
                    .collect(Collectors.joining("; ")));
        }
        if (cause instanceof ConfigurationException refused) {
            return Optional.ofNullable(refused.getMessage());
        }
        if (cause instanceof BindException taken) { // since they were tried
            return Optional.of("quarkus.http.port, quarkus.management.port: one of the two cannot be listened on ("
                    + taken.getMessage() + "); choose another one with QUARKUS_HTTP_PORT or QUARKUS_MANAGEMENT_PORT.");
        }
        boolean ofSettings = cause instanceof IllegalArgumentException
                || cause instanceof IllegalStateException
                || cause instanceof IOException
                || cause instanceof GeneralSecurityException;
        return ofSettings && !settings.isEmpty()
                ? Optional.of("the start failed (" + kind(cause) + ": " + cause.getMessage()
                        + "); check these settings: " + String.join(", ", new TreeSet<>(settings)) + ".")
                : Optional.empty();
    }

    /** Such as "NoSuchFile", without which a message that is a name says nothing. */
    private static String kind(Throwable cause) {
        return cause.getClass().getSimpleName().replace("Exception", "");
    }

    private static String plain(String problem) {
        String plain = CODES.matcher(problem).replaceAll("").replace(THREW, ":");
        return EMPTY.matcher(plain).replaceAll(" must not be empty");
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root;
    }
}
