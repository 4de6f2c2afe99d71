package dev.parley.cli;

import dev.parley.store.admin.StoreAdmin.Restored;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Restores an SQLite store from a backup. */
@Command(
        name = "restore",
        description = {
            "Replace the SQLite store by the backup FILE. The present contents of the store are lost; back them up first if"
                    + " in doubt.",
            "Stop the service first; the command refuses if a process has the store open. FILE is verified page by page and"
                    + " row by row, must be readable with parley.encryption.keys, and must have a schema version that this"
                    + " Parley supports. After a power cut, the store is either the old or the restored one.",
            "The restored store has a new history: requests with earlier bookmarks get the newest state, with"
                    + " x-bookmark-status: reset. Sessions that have expired since the backup stay expired.",
            "For PostgreSQL, use its own tools, such as pg_restore."
        })
public final class RestoreCommand extends CopyCommand {
    @Option(
            names = "--force",
            description = "Restore FILE even if rows in it are damaged. Requests for their sessions get 503 until the"
                    + " sessions expire.")
    boolean force;

    @Override
    public Integer call() {
        Restored restored = admin.get().restore(file, force);
        long damaged = restored.damaged();
        report(
                "Restored %d sessions" + (damaged == 0 ? "" : ", " + damaged + " of them damaged,")
                        + " with %d events, %s, from %s",
                restored.contents(),
                json().put("damaged", damaged));
        return ExitCode.DONE;
    }
}
