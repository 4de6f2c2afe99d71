package dev.parley.cli;

import dev.parley.store.admin.StoreAdmin;
import dev.parley.store.crypto.Rotation;
import dev.parley.store.crypto.Rotation.Rotated;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The last step of a change of keys. */
@Command(
        name = "rotate",
        description = {
            "Seal under the first key of parley.encryption.keys whatever is sealed under another, and print {\"rotated\":N}.",
            "To change keys: put the new one behind the old one and restart every server; put it first and restart them again;"
                    + " run this; take the old one out. With one server the first of these steps can be left out.",
            "Works beside running servers, a few events at a time, and can be repeated."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Exit code 1: an event could not be opened (the log names it), or a server still seals under another key;",
            "keep the old key then."
        })
@SuppressWarnings("NullAway.Init") // picocli and the container fill the fields
public final class RotateCommand implements Callable<Integer> {
    @Inject
    Instance<StoreAdmin> upkeep;

    @Inject
    Instance<Rotation> rotation;

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() {
        upkeep.get().refuseMissing();
        Rotated rotated = rotated();
        spec.commandLine().getOut().println("{\"rotated\":" + rotated.events() + "}");
        if (rotated.isWhole()) {
            return ExitCode.DONE;
        }
        spec.commandLine()
                .getErr()
                .println("parley: " + rotated.damaged() + " events could not be opened, and " + rotated.late()
                        + " came to be sealed under another key meanwhile; keep the old keys.");
        return ExitCode.FAILED;
    }

    private Rotated rotated() {
        try (var progress = new ProgressLine(spec.commandLine().getErr())) {
            return rotation.get().rotate(progress);
        }
    }
}
