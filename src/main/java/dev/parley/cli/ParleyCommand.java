package dev.parley.cli;

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
        subcommands = {
            ServeCommand.class,
            MigrateCommand.class,
            SeedCommand.class,
            SweepCommand.class,
            RotateCommand.class,
            StatsCommand.class,
            SqlCommand.class,
            KeyCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            DoctorCommand.class
        },
        footer = {
            "",
            "\"parley COMMAND --help\" says more of each. Settings come from the environment",
            "(PARLEY_STORE_URL=sqlite:/path/parley.db) or as system properties",
            "(-Dparley.store.url=…, before -jar); all commands take the same.",
            "",
            "Exit codes: 0 done; 1 refused or failed, one line on standard error says why; 2 wrong command line;",
            "3 (doctor) warnings only; 69 the store cannot be reached at the moment; 70 a fault of Parley itself."
        })
public final class ParleyCommand {
    /** The version of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"Parley " + ParleyCommand.class.getPackage().getImplementationVersion()};
        }
    }
}
