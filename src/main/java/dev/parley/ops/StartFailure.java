package dev.parley.ops;

import io.quarkus.runtime.ApplicationLifecycleManager;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigValidationException;
import java.net.BindException;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Why the service did not start, for the person who started it: one line for what that person can mend, else the whole story. */
final class StartFailure {
    // "SRCFG00050: parley.foo in EnvConfigSource does not map to any root", and "java.lang.IllegalArgumentException:
    // SRCFG…: The …"
    private static final Pattern CODES = Pattern.compile("([a-z]+\\.)+[A-Z]\\w+: |SRCFG\\d+: ");

    // "The config property parley.limits.page with the config value "x" threw an Exception whilst being converted
    // Expected …"
    private static final String THREW = " threw an Exception whilst being converted";

    private StartFailure() {}

    /**
     * Ends the process, with a word on standard error where {@code failure} is one. In development mode it goes on: there the
     * framework restarts the service in the same virtual machine after each change of a source.
     */
    static void exit(Integer code, @Nullable Throwable failure) {
        if (failure != null) {
            Throwable cause = rootOf(failure);
            Optional<String> line = lineOf(cause);
            if (line.isPresent()) {
                System.err.println("parley: " + line.get());
            } else {
                failure.printStackTrace();
            }
        }
        ApplicationLifecycleManager.getDefaultExitCodeHandler().accept(code, failure);
    }

    /** What a person can mend, in a line; nothing for a fault of ours. */
    static Optional<String> lineOf(Throwable cause) {
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
        return Optional.empty();
    }

    private static String plain(String problem) {
        return CODES.matcher(problem).replaceAll("").replace(THREW, ":");
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root;
    }
}
