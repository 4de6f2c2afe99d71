package dev.parley.cli;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.access.BearerKey;
import dev.parley.access.KeyAdmin;
import dev.parley.access.Role;
import dev.parley.session.Namespace;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.store.sql.StoredKey;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Creates, lists and revokes API keys. */
@Command(
        name = "key",
        description = {
            "Create, list and revoke the API keys that clients need if parley.access=key.",
            "A change applies within parley.access.refresh (2 s by default) on each server of the store."
        })
@SuppressWarnings("NullAway.Init") // the container sets the fields
public final class KeyCommand extends StoreCommand {
    private static final String COLUMNS = "%-24s %-32s %-24s %s";

    @Inject
    Instance<KeyAdmin> keys;

    @Override
    public Integer call() {
        requireArgument(false, "Missing required subcommand: create, list or revoke");
        return ExitCode.DONE;
    }

    @Command(
            name = "create",
            description = {
                "Create a key and print it. It cannot be shown again, because the store contains only its hash.",
                "Creates a missing store, so that a key can exist before the first start."
            },
            mixinStandardHelpOptions = true,
            footer = {"", "KEY=$(java -jar quarkus-run.jar key create web --namespace chess --role peer)"})
    int create(
            @Parameters(
                            paramLabel = "NAME",
                            converter = NameConverter.class,
                            description = "Name of the key in lists and logs: 1 to 64 of A-Z a-z 0-9 . _ -")
                    String name,
            @Option(
                            names = "--namespace",
                            required = true,
                            converter = NamespaceConverter.class,
                            description = "Namespace of the sessions of its holder, whatever Origin it sends: 1 to 512"
                                    + " characters. An origin, such as https://chess.example, selects the sessions that its"
                                    + " pages opened without a key.")
                    Namespace namespace,
            @Option(
                            names = "--role",
                            required = true,
                            split = ",",
                            converter = RoleConverter.class,
                            description = "peer: all requests; observer: searching and reading; operator: health and"
                                    + " metrics. Can be repeated.")
                    SortedSet<Role> roles,
            @Option(names = "--json", description = "Print {\"name\",\"namespace\",\"roles\",\"key\"}.") boolean json) {
        admin.get().createMissing();
        BearerKey key = keys.get().create(name, namespace, roles);
        if (json) {
            ObjectNode node = json().put("name", name).put("namespace", namespace.name());
            ArrayNode words = node.putArray("roles");
            roles.forEach(role -> words.add(role.word()));
            out().println(node.put("key", key.secret()));
        } else {
            out().println(key.secret());
            progress().finish("Store it now; it cannot be shown again.");
        }
        return ExitCode.DONE;
    }

    @Command(
            name = "list",
            description = "List the keys with their namespace, roles and time of creation.",
            mixinStandardHelpOptions = true)
    int list(
            @Option(
                            names = "--json",
                            description = "Print {\"keys\":[{\"name\",\"namespace\",\"roles\",\"createdAt\"}]}.")
                    boolean json) {
        admin.get().refuseMissing();
        List<StoredKey> list = keys.get().list();
        if (json) {
            out().println(json(list));
            return ExitCode.DONE;
        }
        out().println(COLUMNS.formatted("name", "namespace", "roles", "created"));
        for (StoredKey key : list) {
            out().println(COLUMNS.formatted(
                    key.name(), key.namespace().name(), String.join(",", key.roles()), key.createdAt()));
        }
        return ExitCode.DONE;
    }

    private static ObjectNode json(List<StoredKey> list) {
        ObjectNode json = json();
        ArrayNode array = json.putArray("keys");
        for (StoredKey key : list) {
            ObjectNode node = array.addObject()
                    .put("name", key.name())
                    .put("namespace", key.namespace().name());
            key.roles().forEach(node.putArray("roles")::add);
            node.put("createdAt", key.createdAt().toString());
        }
        return json;
    }

    @Command(
            name = "revoke",
            description = {
                "Revoke a key: requests with it get 401, and event streams that it opened end.",
                "To replace a key without interruption, create and distribute another one before you revoke it."
            },
            mixinStandardHelpOptions = true)
    int revoke(
            @Parameters(paramLabel = "NAME", description = "The name of the key.") String name,
            @Option(names = "--json", description = "Print {\"revoked\":NAME}.") boolean json) {
        admin.get().refuseMissing();
        keys.get().revoke(name);
        out().println(json ? json().put("revoked", name) : "Revoked " + name);
        return ExitCode.DONE;
    }

    static final class NameConverter implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            if (!KeyAdmin.isName(text)) {
                throw new TypeConversionException("\"" + text + "\" must be 1 to 64 of A-Z a-z 0-9 . _ -");
            }
            return text;
        }
    }

    static final class NamespaceConverter implements ITypeConverter<Namespace> {
        @Override
        public Namespace convert(String text) {
            try {
                if (!text.isBlank() && text.chars().noneMatch(Character::isISOControl)) {
                    return new Namespace(text);
                }
            } catch (Malformed e) {
                // reported below
            }
            throw new TypeConversionException("a namespace must be 1 to 512 visible characters");
        }
    }

    static final class RoleConverter implements ITypeConverter<Role> {
        @Override
        public Role convert(String text) {
            return Role.named(text)
                    .orElseThrow(() -> new TypeConversionException("\"" + text + "\" must be one of "
                            + Arrays.stream(Role.values()).map(Role::word).collect(joining(", "))));
        }
    }
}
