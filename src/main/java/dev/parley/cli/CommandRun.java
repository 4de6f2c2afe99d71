package dev.parley.cli;

import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.configuration.DurationConverter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Runs one command in a started application, and ends the process with its exit code. */
public final class CommandRun implements QuarkusApplication {
    private static final String PROFILE = "quarkus.profile";
    private static final String COMMAND = "command";

    private final IFactory factory;

    public CommandRun(IFactory factory) {
        this.factory = factory;
    }

    /** Activates the profile of commands, beside the profile of the operator. */
    public static void addProfile() {
        String configured = System.getProperty(PROFILE, System.getenv("QUARKUS_PROFILE"));
        System.setProperty(PROFILE, configured == null ? COMMAND : configured + "," + COMMAND);
    }

    @Override
    public int run(String... args) {
        var bugs = new Failure(Set.of());
        return configured(new CommandLine(ParleyCommand.class, factory))
                .setExecutionExceptionHandler((failure, command, line) -> bugs.report(failure, command.getErr()))
                .execute(args);
    }

    /** Makes {@code commands} print in UTF-8 instead of the encoding of the locale, and accept durations and roles as settings do. */
    public static CommandLine configured(CommandLine commands) {
        return commands.registerConverter(Duration.class, DurationConverter::parseDuration)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    }
}
