package dev.parley.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.store.admin.StoreAdmin;
import dev.parley.store.sql.Schema.Migrated;
import dev.parley.store.sql.Schema.Migration;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The schema by hand, for who wants to see it change before the service starts. */
@Command(
        name = "migrate",
        description = {
            "Bring the store's schema up to date, and list what was applied. Makes the store where there is none.",
            "The service does the same at each start. A store that a newer Parley wrote is left as it is."
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli and the container fill the fields
public final class MigrateCommand implements Callable<Integer> {
    @Inject
    Instance<StoreAdmin> upkeep;

    @Spec
    CommandSpec spec;

    @Option(names = "--json", description = "Print {\"applied\":[{\"version\",\"description\"}],\"version\"} instead.")
    boolean json;

    @Override
    public Integer call() {
        Migrated migrated = upkeep.get().migrate();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(json(migrated));
            return ExitCode.DONE;
        }
        for (Migration migration : migrated.applied()) {
            out.println("Applied " + migration.version() + " " + migration.description());
        }
        out.println((migrated.applied().isEmpty() ? "Nothing to apply; the" : "The") + " schema has version "
                + migrated.version());
        return ExitCode.DONE;
    }

    private static ObjectNode json(Migrated migrated) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode applied = json.putArray("applied");
        for (Migration migration : migrated.applied()) {
            applied.addObject().put("version", migration.version()).put("description", migration.description());
        }
        return json.put("version", migrated.version());
    }
}
