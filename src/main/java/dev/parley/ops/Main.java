package dev.parley.ops;

import dev.parley.cli.CommandRun;
import dev.parley.cli.Failure;
import dev.parley.cli.HealthCommand;
import dev.parley.cli.ParleyCommand;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.quarkus.smallrye.openapi.runtime.OpenApiConstants;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * The entry point. It parses the command line before it starts the framework, so that help and mistakes cost nothing. The default
 * command is {@code serve}; every other one runs beside a server, without listening, and ends.
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
            String command =
                    line.hasSubcommand() ? line.subcommand().commandSpec().name() : ParleyCommand.SERVE;
            if (command.equals(HealthCommand.NAME)) {
                System.exit(commands.execute(args));
            }
            if (command.equals(ParleyCommand.SERVE)) {
                // RequestFilter checks each URI and explains a rejection; the framework would reply with an empty 400.
                System.setProperty("vertx.disableURIValidation", "true");
                Quarkus.run(StartLog.class, failure::exit, args);
            } else {
                CommandRun.addProfile();
                OpenApiConstants.classLoader = new WithoutApiDescription();
                Quarkus.run(CommandRun.class, failure::exit, args);
            }
        } catch (ParameterException e) {
            System.exit(commands.getParameterExceptionHandler().handleParseException(e, args));
        }
    }

    /** Commands serve no API description; the framework would prepare it at each start. */
    private static final class WithoutApiDescription extends ClassLoader {
        @Override
        public @Nullable InputStream getResourceAsStream(String name) {
            return null;
        }
    }

    private static PrintStream utf8(FileDescriptor stream) {
        return new PrintStream(new FileOutputStream(stream), true, StandardCharsets.UTF_8);
    }
}
