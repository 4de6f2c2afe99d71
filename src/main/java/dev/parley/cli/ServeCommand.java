package dev.parley.cli;

import picocli.CommandLine.Command;

/** Serves; the only command that runs until it is stopped. */
@Command(
        name = ServeCommand.NAME,
        description = "Serve the HTTP API until stopped. This is the default command.",
        mixinStandardHelpOptions = true)
public final class ServeCommand {
    public static final String NAME = "serve";
}
