package dev.parley.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.store.sql.Schema.Migrated;
import dev.parley.store.sql.Schema.Migration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Migrates the schema without starting the service. */
@Command(
        name = "migrate",
        description = {
            "Migrate the schema of the store, and list the applied migrations. Creates a missing store.",
            "The service does the same at each start. A store with the schema of a newer Parley is not changed."
        })
public final class MigrateCommand extends StoreCommand {
    @Option(names = "--json", description = "Print {\"applied\":[{\"version\",\"description\"}],\"version\"}.")
    boolean json;

    @Override
    public Integer call() {
        Migrated migrated = admin.get().migrate();
        if (json) {
            out().println(json(migrated));
            return ExitCode.DONE;
        }
        for (Migration migration : migrated.applied()) {
            out().println("Applied " + migration.version() + " " + migration.description());
        }
        out().println((migrated.applied().isEmpty() ? "No migration to apply; the" : "The") + " schema version is "
                + migrated.version());
        return ExitCode.DONE;
    }

    private static ObjectNode json(Migrated migrated) {
        ObjectNode json = json();
        ArrayNode applied = json.putArray("applied");
        for (Migration migration : migrated.applied()) {
            applied.addObject().put("version", migration.version()).put("description", migration.description());
        }
        return json.put("version", migrated.version());
    }
}
