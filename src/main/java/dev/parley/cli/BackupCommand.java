package dev.parley.cli;

import picocli.CommandLine.Command;

/** Backs up an SQLite store, with or without a running server. */
@Command(
        name = "backup",
        description = {
            "Back up the SQLite store to FILE while the service runs.",
            "The backup is written to FILE.partial, synced to disk and verified page by page; then it replaces FILE. After"
                    + " any failure, including a power cut, FILE is a complete backup, the previous or the new one. Only its"
                    + " owner can read it, because it contains what peers exchanged.",
            "For PostgreSQL, use its own tools, such as pg_dump."
        })
public final class BackupCommand extends CopyCommand {
    @Override
    public Integer call() {
        report("Saved %d sessions with %d events, %s, to %s", admin.get().backup(file), json());
        return ExitCode.DONE;
    }
}
