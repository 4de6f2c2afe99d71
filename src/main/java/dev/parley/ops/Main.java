package dev.parley.ops;

import dev.parley.cli.CommandRun;
import dev.parley.cli.Failure;
import dev.parley.cli.ParleyCommand;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * The entry point. It parses the command line before it starts the framework, so that help and mistakes cost nothing. The default
 * command is {@code serve}; every other one runs beside a server, without HTTP, and ends.
 */
@QuarkusMain
public final class Main {
    /** A field, because the log manager references loggers weakly. */
    private static final Logger LIBRARIES = Logger.getLogger("org.hibernate");

    private Main() {}

    public static void main(String... args) throws Exception {
        // Peers exchange UTF-8 and commands print it, whatever the locale is.
        System.setOut(utf8(FileDescriptor.out));
        System.setErr(utf8(FileDescriptor.err));
        // Log levels are applied when the configuration has been read, and never if it is invalid.
        LIBRARIES.setLevel(Level.WARNING);
        Failure failure = Failure.ofStart();
        CommandLine commands = CommandRun.configured(new CommandLine(new ParleyCommand()));
        try {
            CommandLine.ParseResult line = commands.parseArgs(args);
            Integer helpShown = CommandLine.executeHelpRequest(line);
            if (helpShown != null) {
                System.exit(helpShown);
            }
            if (!line.hasSubcommand() || line.subcommand().commandSpec().name().equals(ParleyCommand.SERVE)) {
                // RequestFilter checks each URI and explains a rejection; the framework would reply with an empty 400.
                System.setProperty("vertx.disableURIValidation", "true");
                Quarkus.run(StartLog.class, failure::exit, args);
            } else {
                CommandRun.addProfile();
                Quarkus.run(CommandRun.class, failure::exit, args);
            }
        } catch (ParameterException e) {
            System.exit(commands.getParameterExceptionHandler().handleParseException(e, args));
        }
    }

    private static PrintStream utf8(FileDescriptor stream) {
        return new PrintStream(new FileOutputStream(stream), true, StandardCharsets.UTF_8);
    }
}
