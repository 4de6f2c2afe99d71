package dev.parley.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.access.KeyAdmin;
import dev.parley.store.admin.StoreAdmin;
import dev.parley.store.sql.StoredKey;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which keys there are; not what they are, for nobody knows that but their holders. */
@Command(
        name = "list",
        description = "List the keys by name, with namespace, roles and the time at which each was made.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli and the container fill the fields
public final class KeyListCommand implements Callable<Integer> {
    private static final String COLUMNS = "%-24s %-32s %-24s %s";

    @Inject
    Instance<StoreAdmin> upkeep;

    @Inject
    Instance<KeyAdmin> keys;

    @Spec
    CommandSpec spec;

    @Option(
            names = "--json",
            description = "Print {\"keys\":[{\"name\",\"namespace\",\"roles\",\"createdAt\"}]} instead.")
    boolean json;

    @Override
    public Integer call() {
        upkeep.get().refuseMissing();
        List<StoredKey> list = keys.get().list();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(json(list));
            return ExitCode.DONE;
        }
        out.println(COLUMNS.formatted("name", "namespace", "roles", "created"));
        for (StoredKey key : list) {
            out.println(COLUMNS.formatted(
                    key.name(), key.namespace().name(), String.join(",", key.roles()), key.createdAt()));
        }
        return ExitCode.DONE;
    }

    private static ObjectNode json(List<StoredKey> list) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode array = json.putArray("keys");
        for (StoredKey key : list) {
            ObjectNode node = array.addObject()
                    .put("name", key.name())
                    .put("namespace", key.namespace().name());
            ArrayNode roles = node.putArray("roles");
            key.roles().forEach(roles::add);
            node.put("createdAt", key.createdAt().toString());
        }
        return json;
    }
}
