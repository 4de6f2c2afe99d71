package dev.parley.cli;

import picocli.CommandLine.Command;

/** Serves; the only command that does not end by itself. */
@Command(
        name = ServeCommand.NAME,
        description = "Serve the HTTP API until stopped. The default.",
        mixinStandardHelpOptions = true)
public final class ServeCommand {
    public static final String NAME = "serve";
}
