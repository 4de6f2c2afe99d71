package dev.parley.ops;

import io.quarkus.picocli.runtime.annotations.TopCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The command line as a whole. */
@TopCommand
@Command(
        name = "parley",
        description = "The place where two WebRTC peers meet: a durable signaling session store.",
        mixinStandardHelpOptions = true,
        versionProvider = ParleyCommand.Version.class,
        subcommands = {ServeCommand.class, SweepCommand.class, StatsCommand.class},
        footer = {
            "",
            "Settings come from the environment (PARLEY_STORE_URL=sqlite:/path/parley.db) or as system properties",
            "(-Dparley.store.url=…, before -jar). Exit codes: 0 done, 1 failed, 2 wrong command line."
        })
public final class ParleyCommand {
    /** The version of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"Parley " + Main.class.getPackage().getImplementationVersion()};
        }
    }
}
