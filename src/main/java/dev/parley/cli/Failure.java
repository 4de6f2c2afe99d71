package dev.parley.cli;

import static java.util.regex.Pattern.CASE_INSENSITIVE;

import dev.parley.config.InvalidConfiguration;
import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.admin.AdminRefused;
import io.quarkus.runtime.ApplicationLifecycleManager;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigValidationException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reports why the service did not start or a command failed: in one line if the operator can fix it, else with a stack trace. Failures
 * that a restart cannot fix have other exit codes than temporary ones, so that a service manager can avoid useless restarts.
 */
public final class Failure {
    /** Refused or failed for a reason that the operator can change, such as a setting, a file or a port in use. */
    static final int FAILED = 1;

    /** {@code doctor}: warnings, but no fault. */
    static final int WARNED = 3;

    /** The store is temporarily unreachable; EX_UNAVAILABLE of sysexits.h. */
    static final int UNAVAILABLE = 69;

    /** A bug in Parley; EX_SOFTWARE of sysexits.h. */
    static final int FAULT = 70;

    /** Parley checks these itself and reports them by name; a container image always sets them. */
    private static final Pattern CHECKED =
            Pattern.compile("quarkus.((http|management).(host|port)|profile)", CASE_INSENSITIVE);

    private final Set<String> settings;

    /** @param set keys that the operator has set; those of Quarkus are named if Quarkus rejects one without its name */
    Failure(Collection<String> set) {
        this.settings = set.stream()
                .filter(name -> name.startsWith("quarkus.") || name.startsWith("QUARKUS_"))
                .filter(name -> !CHECKED.matcher(name).matches())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** For a start with the system properties and environment variables of this process. */
    public static Failure ofStart() {
        Set<String> set = new HashSet<>(System.getenv().keySet());
        set.addAll(System.getProperties().stringPropertyNames());
        return new Failure(set);
    }

    /** Ends the process; in development mode it continues, because the framework restarts the service in the same virtual machine. */
    public void exit(Integer code, @Nullable Throwable failure) {
        var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        ApplicationLifecycleManager.getDefaultExitCodeHandler()
                .accept(failure == null ? code : (Integer) report(failure, err), failure);
    }

    /** Prints the failure and returns the exit code. */
    int report(Throwable failure, PrintWriter err) {
        Optional<String> line = lineOf(failure);
        line.ifPresentOrElse(text -> err.println("parley: " + text), () -> failure.printStackTrace(err));
        Throwable cause = causes(failure).getLast();
        boolean temporary = cause instanceof StoreUnavailable
                || (cause instanceof InvalidConfiguration invalid && invalid.isTemporary());
        return temporary ? UNAVAILABLE : line.isPresent() ? FAILED : FAULT;
    }

    private static Deque<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .collect(Collectors.toCollection(ArrayDeque::new));
    }

    /** The line for a failure that the operator can fix; empty for a bug. */
    private Optional<String> lineOf(Throwable failure) {
        Throwable cause = causes(failure).getLast();
        if (cause instanceof ConfigValidationException invalid) {
            return Optional.of(IntStream.range(0, invalid.getProblemCount())
                    .mapToObj(i -> plain(invalid.getProblem(i).getMessage()))
                    .collect(Collectors.joining("; ")));
        }
        if (cause instanceof ConfigurationException
                || cause instanceof AdminRefused
                || cause instanceof SignalingException) {
            return Optional.ofNullable(cause.getMessage());
        }
        if (cause instanceof BindException) {
            // The address of the management server is only in the message of the exception around it.
            String where = causes(failure).stream()
                    .map(thrown -> String.valueOf(thrown.getMessage()))
                    .filter(message -> message.startsWith("Unable to start the management"))
                    .findFirst()
                    .map(around -> around + ": " + cause.getMessage())
                    .orElse(String.valueOf(cause.getMessage()));
            return Optional.of(
                    "quarkus.http.host, quarkus.http.port, quarkus.management.host, quarkus.management.port: "
                            + where
                            + "; choose an address of this machine, and a free port with QUARKUS_HTTP_PORT or"
                            + " QUARKUS_MANAGEMENT_PORT.");
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

    /** A problem that SmallRye Config reports, without its codes and class names: "SRCFG00050: parley.foo in EnvConfigSource does …". */
    private static String plain(String problem) {
        return problem.replaceAll("([a-z]+\\.)+[A-Z]\\w+: |SRCFG\\d+: |The config property ", "")
                .replaceFirst(" is defined as the empty String .*? to be null: \\S+", " must not be empty")
                .replaceFirst(
                        " with the config value (\".*?\") threw an Exception whilst being converted",
                        ": invalid value $1:")
                .replaceFirst("Cannot convert .* to enum class \\S+, allowed values: ", "must be one of ")
                .replaceFirst("Invalid duration: .*", "must be a duration such as 250ms, 20s or 5m")
                .replaceFirst("value \\S+ not in correct format .*", "must be a size such as 32M or 10G")
                .replaceFirst("does not map to any root", "is not a setting; correct or remove it");
    }
}
