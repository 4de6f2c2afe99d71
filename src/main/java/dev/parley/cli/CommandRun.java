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

/** Runs one command in a started application and ends with its exit code. */
public final class CommandRun implements QuarkusApplication {
    private final IFactory factory;

    public CommandRun(IFactory factory) {
        this.factory = factory;
    }

    @Override
    public int run(String... args) {
        return speaking(new CommandLine(ParleyCommand.class, factory))
                .setExecutionExceptionHandler(CommandRun::failed)
                .execute(args);
    }

    /** Lets {@code commands} print to this process' streams; by themselves they take the encoding of the locale. */
    public static CommandLine speaking(CommandLine commands) {
        return commands.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    }

    /** One line for what the caller can mend; anything else is a fault of ours, and shown whole. */
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
