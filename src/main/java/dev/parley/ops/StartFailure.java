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

/** Reports why the service did not start: in one line if the operator can fix it, else with a stack trace. */
final class StartFailure {
    // Such as "SRCFG00050: parley.foo in EnvConfigSource does not map to any root", and
    // "java.lang.IllegalArgumentException: SRCFG…: The config property parley.limits.page with the config value "x"
    // threw an
    // Exception whilst being converted Expected …".
    private static final Pattern CODES = Pattern.compile("([a-z]+\\.)+[A-Z]\\w+: |SRCFG\\d+: ");
    private static final Pattern EMPTY = Pattern.compile(" is defined as the empty String .*? to be null: \\S+");
    private static final String CONVERSION = " threw an Exception whilst being converted";

    /** Settings of Quarkus that Parley checks before anything is started. */
    private static final Pattern CHECKED =
            Pattern.compile("quarkus\\.(http|management)\\.(host|port)|quarkus\\.profile");

    private final Set<String> settings;

    /** @param settings settings of Quarkus that the operator has set, to be named if Quarkus rejects one without its name */
    StartFailure(Set<String> settings) {
        this.settings = new TreeSet<>(settings);
    }

    /** The settings of Quarkus among system properties and environment variables, except those that Parley checks. */
    static Set<String> settings(Properties properties, Map<String, String> environment) {
        return Stream.concat(properties.stringPropertyNames().stream(), environment.keySet().stream())
                .filter(name -> name.startsWith("quarkus.") || name.startsWith("QUARKUS_"))
                .filter(name -> !CHECKED.matcher(name.toLowerCase(Locale.ROOT).replace('_', '.'))
                        .matches())
                .collect(Collectors.toSet());
    }

    /** Ends the process; in development mode it goes on, because the framework restarts the service in the same virtual machine. */
    void exit(Integer code, @Nullable Throwable failure) {
        ApplicationLifecycleManager.getDefaultExitCodeHandler()
                .accept(failure == null ? code : (Integer) report(failure), failure);
    }

    private int report(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        lineOf(cause).ifPresentOrElse(line -> System.err.println("parley: " + line), failure::printStackTrace);
        return codeOf(cause);
    }

    /** The exit code: whether another start may succeed, with other or with the same settings. */
    int codeOf(Throwable cause) {
        if (cause instanceof InvalidConfiguration invalid && invalid.isTemporary()) {
            return ExitCode.UNAVAILABLE;
        }
        return lineOf(cause).isPresent() ? ExitCode.FAILED : ExitCode.FAULT;
    }

    /** The line for an error that the operator can fix; empty for a bug. */
    Optional<String> lineOf(Throwable cause) {
        if (cause instanceof ConfigValidationException invalid) {
            return Optional.of(IntStream.range(0, invalid.getProblemCount())
                    .mapToObj(i -> plain(invalid.getProblem(i).getMessage()))
                    .collect(Collectors.joining("; ")));
        }
        if (cause instanceof ConfigurationException invalid) {
            return Optional.ofNullable(invalid.getMessage());
        }
        if (cause instanceof BindException) { // taken since the check of the addresses
            return Optional.of("quarkus.http.port, quarkus.management.port: one of the ports cannot be bound ("
                    + cause.getMessage() + "); choose another one with QUARKUS_HTTP_PORT or QUARKUS_MANAGEMENT_PORT.");
        }
        boolean mayComeFromSettings = cause instanceof IllegalArgumentException
                || cause instanceof IllegalStateException
                || cause instanceof IOException
                || cause instanceof GeneralSecurityException;
        // Such as "NoSuchFile", without which a message that is only a file name explains nothing.
        String kind = cause.getClass().getSimpleName().replace("Exception", "");
        return mayComeFromSettings && !settings.isEmpty()
                ? Optional.of("the start failed (" + kind + ": " + cause.getMessage() + "); check these settings: "
                        + String.join(", ", settings) + ".")
                : Optional.empty();
    }

    private static String plain(String problem) {
        String plain = CODES.matcher(problem).replaceAll("").replace(CONVERSION, ":");
        return EMPTY.matcher(plain).replaceAll(" must not be empty");
    }
}
