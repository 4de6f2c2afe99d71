package dev.parley.cli;

import dev.parley.expiry.Sweeper;
import dev.parley.store.admin.StoreAdmin;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** One sweep, for cron. */
@Command(
        name = "sweep",
        description = {
            "Delete expired sessions once, and print {\"deleted\":N}.",
            "Nobody sees an expired session anyway; a sweep makes room. The service sweeps by itself unless"
                    + " parley.expiry.schedule is off."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "The schedule of the service costs less than a command by cron; parley.expiry.schedule takes a cron expression, too."
        })
@SuppressWarnings("NullAway.Init") // picocli and the container fill the fields
public final class SweepCommand implements Callable<Integer> {
    @Inject
    Instance<StoreAdmin> upkeep;

    @Inject
    Instance<Sweeper> sweeper;

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() {
        upkeep.get().refuseMissing();
        long deleted = sweeper.get().sweep();
        spec.commandLine().getOut().println("{\"deleted\":" + deleted + "}");
        return ExitCode.DONE;
    }
}
