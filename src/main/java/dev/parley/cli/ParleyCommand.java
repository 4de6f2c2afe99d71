package dev.parley.cli;

import io.quarkus.picocli.runtime.annotations.TopCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The top-level command. */
@TopCommand
@Command(
        name = "parley",
        description = "A durable session store for WebRTC signaling.",
        mixinStandardHelpOptions = true,
        versionProvider = ParleyCommand.Version.class,
        subcommands = {
            MigrateCommand.class,
            SeedCommand.class,
            SweepCommand.class,
            StatsCommand.class,
            SqlCommand.class,
            KeyCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
            DoctorCommand.class
        },
        footer = {
            "",
            "\"parley COMMAND --help\" describes a command. Settings are read from the environment",
            "(PARLEY_STORE_URL=sqlite:/path/parley.db) or system properties",
            "(-Dparley.store.url=…, before -jar); they are the same for all commands.",
            "",
            "Exit codes: 0 done; 1 refused or failed, with the reason in one line on standard error; 2 invalid",
            "command line; 3 (doctor) only warnings; 69 the store is temporarily unreachable; 70 a bug in Parley."
        })
public final class ParleyCommand {
    public static final String SERVE = "serve";

    @Command(
            name = SERVE,
            description = "Serve the HTTP API until stopped. This is the default command.",
            mixinStandardHelpOptions = true)
    void serve() {
        // runs without picocli
    }

    /** The version of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"Parley " + ParleyCommand.class.getPackage().getImplementationVersion()};
        }
    }
}
