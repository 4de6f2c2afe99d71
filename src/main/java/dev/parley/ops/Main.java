package dev.parley.ops;

import dev.parley.cli.CommandRun;
import dev.parley.cli.ParleyCommand;
import dev.parley.cli.ServeCommand;
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
 * Where the jar starts. The command line is read before anything else is, so that a mistake in it costs nothing. To serve is the
 * command where none is given; any other runs beside a server, without HTTP, and ends.
 */
@QuarkusMain
public final class Main {
    /** Held, so that its level is. */
    private static final Logger LIBRARIES = Logger.getLogger("org.hibernate");

    private Main() {}

    public static void main(String... args) throws Exception {
        // Whatever the locale is: what peers say is in UTF-8, and a command prints it.
        System.setOut(utf8(FileDescriptor.out));
        System.setErr(utf8(FileDescriptor.err));
        // Until the configuration is read nothing holds back what libraries say of themselves, and with a wrong one
        // that is for good.
        LIBRARIES.setLevel(Level.WARNING);
        var failure = new StartFailure(StartFailure.settings(System.getProperties(), System.getenv()));
        CommandLine commands = CommandRun.speaking(new CommandLine(new ParleyCommand()));
        try {
            CommandLine.ParseResult line = commands.parseArgs(args);
            Integer helpShown = CommandLine.executeHelpRequest(line);
            if (helpShown != null) {
                System.exit(helpShown);
            }
            if (!line.hasSubcommand() || line.subcommand().commandSpec().name().equals(ServeCommand.NAME)) {
                // FrontDoor holds every URI against the RFC and says what is wrong; the framework would refuse without
                // a word.
                System.setProperty("vertx.disableURIValidation", "true");
                Quarkus.run(ServeRun.class, failure::exit, args);
            } else {
                System.setProperty(Wiring.SERVING, "false");
                System.setProperty("quarkus.management.host-enabled", "false");
                // No command searches as a peer does; without Hibernate it starts in three quarters of the time.
                System.setProperty("quarkus.hibernate-orm.sqlite.active", "false");
                System.setProperty("quarkus.hibernate-orm.postgresql.active", "false");
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
