package dev.parley.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.access.KeyAdmin;
import dev.parley.access.Role;
import dev.parley.session.Namespace;
import dev.parley.store.sql.KeyStore.StoredKey;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.List;
import java.util.SortedSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Creates, lists and revokes API keys. */
@Command(
        name = "key",
        description = {
            "Create, list and revoke the API keys that clients need if parley.access=key.",
            "A change applies within parley.access.refresh (2 s by default) on each server of the store."
        })
@SuppressWarnings("NullAway.Init") // the container sets the field
public final class KeyCommand extends StoreCommand {
    private static final String COLUMNS = "%-24s %-32s %-24s %s";

    @Inject
    Instance<KeyAdmin> keys;

    @Command(
            name = "create",
            description = {
                "Create a key and print it. It cannot be shown again, because the store contains only its hash.",
                "Creates a missing store, so that a key can exist before the first start."
            },
            mixinStandardHelpOptions = true,
            footer = {"", "KEY=$(java -jar quarkus-run.jar key create web --namespace chess --role peer)"})
    void create(
            @Parameters(
                            paramLabel = "NAME",
                            description = "Name of the key in lists and logs: 1 to 64 of A-Z a-z 0-9 . _ -")
                    String name,
            @Option(
                            names = "--namespace",
                            required = true,
                            description = "Namespace of the sessions of its holder, whatever Origin it sends: 1 to 512"
                                    + " characters. An origin, such as https://chess.example, selects the sessions that its"
                                    + " pages opened without a key.")
                    String namespace,
            @Option(
                            names = "--role",
                            required = true,
                            split = ",",
                            description = "peer: all requests; observer: searching and reading; operator: health and"
                                    + " metrics. Can be repeated.")
                    SortedSet<Role> roles,
            @Option(names = "--json", description = "Print {\"name\",\"namespace\",\"roles\",\"key\"}.") boolean json) {
        requireArgument("create", KeyAdmin.isName(name), "NAME must be 1 to 64 of A-Z a-z 0-9 . _ -");
        requireArgument(
                "create",
                !namespace.isBlank()
                        && namespace.length() <= 512
                        && namespace.chars().noneMatch(Character::isISOControl),
                "--namespace must be 1 to 512 visible characters");
        admin.get().createMissing();
        String key = keys.get().create(name, new Namespace(namespace), roles);
        out().println(
                        json
                                ? json(
                                                name,
                                                namespace,
                                                roles.stream().map(Role::word).toList())
                                        .put("key", key)
                                : key);
    }

    @Command(
            name = "list",
            description = "List the keys with their namespace, roles and time of creation.",
            mixinStandardHelpOptions = true)
    void list(
            @Option(
                            names = "--json",
                            description = "Print {\"keys\":[{\"name\",\"namespace\",\"roles\",\"createdAt\"}]}.")
                    boolean json) {
        admin.get().refuseMissing();
        List<StoredKey> list = keys.get().list();
        if (json) {
            out().println(json().putPOJO(
                            "keys",
                            list.stream()
                                    .map(key -> json(key.name(), key.namespace().name(), key.roles())
                                            .put("createdAt", key.createdAt().toString()))
                                    .toList()));
            return;
        }
        out().println(COLUMNS.formatted("name", "namespace", "roles", "created"));
        for (StoredKey key : list) {
            out().println(COLUMNS.formatted(
                    key.name(), key.namespace().name(), String.join(",", key.roles()), key.createdAt()));
        }
    }

    private static ObjectNode json(String name, String namespace, List<String> roles) {
        return json().put("name", name).put("namespace", namespace).putPOJO("roles", roles);
    }

    @Command(
            name = "revoke",
            description = {
                "Revoke a key: requests with it get 401, and event streams that it opened end.",
                "To replace a key without interruption, create and distribute another one before you revoke it."
            },
            mixinStandardHelpOptions = true)
    void revoke(
            @Parameters(paramLabel = "NAME", description = "The name of the key.") String name,
            @Option(names = "--json", description = "Print {\"revoked\":NAME}.") boolean json) {
        admin.get().refuseMissing();
        keys.get().revoke(name);
        out().println(json ? json().put("revoked", name) : "Revoked " + name);
    }
}
