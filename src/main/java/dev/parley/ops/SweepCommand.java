package dev.parley.ops;

import dev.parley.expiry.Sweeper;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** One sweep, for cron. */
@Command(
        name = "sweep",
        description = "Delete expired sessions once, beside a running server or without one; prints {\"deleted\":N}.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli and the container fill the fields
public final class SweepCommand implements Callable<Integer> {
    @Inject
    Instance<Sweeper> sweeper;

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() {
        long deleted = sweeper.get().sweep();
        spec.commandLine().getOut().println("{\"deleted\":" + deleted + "}");
        return 0;
    }
}
