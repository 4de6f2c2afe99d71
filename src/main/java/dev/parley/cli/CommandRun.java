package dev.parley.cli;

import dev.parley.config.InvalidConfiguration;
import dev.parley.session.SignalingException;
import dev.parley.session.SignalingException.StoreUnavailable;
import dev.parley.store.admin.AdminRefused;
import io.quarkus.runtime.QuarkusApplication;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.ParseResult;

/** Runs one command in a started application, and ends the process with its exit code. */
public final class CommandRun implements QuarkusApplication {
    static final String PROFILE = "quarkus.profile";
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
        return printing(new CommandLine(ParleyCommand.class, factory))
                .setExecutionExceptionHandler(CommandRun::failed)
                .execute(args);
    }

    /** Makes {@code commands} print in UTF-8 instead of the encoding of the locale. */
    public static CommandLine printing(CommandLine commands) {
        return commands.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    }

    /** One line for an error that the caller can fix, and a stack trace for a bug. */
    private static int failed(Exception failure, CommandLine command, ParseResult line) {
        if (failure instanceof InvalidConfiguration
                || failure instanceof AdminRefused
                || failure instanceof SignalingException) {
            command.getErr().println("parley: " + failure.getMessage());
            boolean temporary = failure instanceof StoreUnavailable
                    || (failure instanceof InvalidConfiguration refused && refused.isTemporary());
            return temporary ? ExitCode.UNAVAILABLE : ExitCode.FAILED;
        }
        failure.printStackTrace(command.getErr());
        return ExitCode.FAULT;
    }
}
