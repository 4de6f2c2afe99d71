package dev.parley.cli;

import dev.parley.store.admin.ByteCount;
import dev.parley.store.admin.StoreAdmin;
import dev.parley.store.admin.StoreAdmin.Restored;
import dev.parley.store.admin.StoreContents;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The way back from a backup. */
@Command(
        name = "restore",
        description = {
            "Put the backup FILE in the place of the store. What the store holds now is lost: if in doubt, \"parley"
                    + " backup\" it first.",
            "Stop the service before; while anybody has the store open, this refuses. FILE is checked page by page and row"
                    + " by row, the keys of parley.encryption.keys must open it, and its schema must be one that this Parley"
                    + " knows. A power cut leaves either the old store or the new.",
            "Bookmarks that clients kept are of another history then: their next call is answered by the newest state,"
                    + " with x-bookmark-status: reset. Sessions that have expired since stay expired.",
            "For PostgreSQL use its own tools, such as pg_restore."
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli and the container fill the fields
public final class RestoreCommand implements Callable<Integer> {
    @Inject
    Instance<StoreAdmin> upkeep;

    @Spec
    CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "What \"parley backup\" has saved.")
    Path file;

    @Option(
            names = "--force",
            description = "Restore FILE although rows in it are damaged. Requests for their sessions get 503 until"
                    + " the sessions expire.")
    boolean force;

    @Option(names = "--json", description = "Print {\"file\",\"sessions\",\"events\",\"bytes\",\"damaged\"} instead.")
    boolean json;

    @Override
    public Integer call() {
        Restored restored;
        try (var terminal = new Terminal(spec.commandLine().getErr())) {
            restored = upkeep.get().restore(file, force, terminal);
        }
        StoreContents contents = restored.contents();
        String line = "Restored %d sessions%s with %d events, %s, from %s"
                .formatted(
                        contents.sessions(),
                        restored.damaged() == 0 ? "" : ", " + restored.damaged() + " of them damaged,",
                        contents.events(),
                        new ByteCount(contents.bytes()),
                        file);
        spec.commandLine()
                .getOut()
                .println(json ? ContentsJson.of(file, contents).put("damaged", restored.damaged()) : line);
        return ExitCode.DONE;
    }
}
