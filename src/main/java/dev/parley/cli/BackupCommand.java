package dev.parley.cli;

import dev.parley.store.admin.ByteCount;
import dev.parley.store.admin.StoreAdmin;
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

/** A backup, beside a running server or without one. */
@Command(
        name = "backup",
        description = {
            "Save one committed state of the store to FILE, while the service goes on.",
            "FILE is written under another name (FILE.partial), made durable and checked page by page; only then it"
                    + " takes the place of an older FILE. Whatever goes wrong, a power cut included, FILE holds one whole"
                    + " backup, the old or the new. It can be read by its owner only, for it holds what peers said.",
            "For PostgreSQL use its own tools, such as pg_dump."
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli and the container fill the fields
public final class BackupCommand implements Callable<Integer> {
    @Inject
    Instance<StoreAdmin> upkeep;

    @Spec
    CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "Where the backup goes.")
    Path file;

    @Option(names = "--json", description = "Print {\"file\",\"sessions\",\"events\",\"bytes\"} instead.")
    boolean json;

    @Override
    public Integer call() {
        StoreContents saved;
        try (var terminal = new Terminal(spec.commandLine().getErr())) {
            saved = upkeep.get().backup(file, terminal);
        }
        spec.commandLine()
                .getOut()
                .println(
                        json
                                ? ContentsJson.of(file, saved)
                                : "Saved %d sessions with %d events, %s, to %s"
                                        .formatted(
                                                saved.sessions(), saved.events(), new ByteCount(saved.bytes()), file));
        return ExitCode.DONE;
    }
}
