package dev.parley.cli;

import dev.parley.expiry.Sweeper;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import picocli.CommandLine.Command;

/** Deletes expired sessions once, for example from cron. */
@Command(
        name = "sweep",
        description = {
            "Delete expired sessions once, and print {\"deleted\":N}.",
            "Expired sessions are invisible anyway; a sweep frees their space. The service sweeps by itself unless"
                    + " parley.expiry.schedule is off."
        },
        footer = {"", "The schedule of the service costs less than a command; parley.expiry.cron is a cron expression."
        })
@SuppressWarnings("NullAway.Init") // the container sets the fields
public final class SweepCommand extends StoreCommand {
    @Inject
    Instance<Sweeper> sweeper;

    @Override
    public Integer call() {
        admin.get().refuseMissing();
        out().println(json().put("deleted", sweeper.get().sweep()));
        return ExitCode.DONE;
    }
}
