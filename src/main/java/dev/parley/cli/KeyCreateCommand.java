package dev.parley.cli;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.access.BearerKey;
import dev.parley.access.KeyAdmin;
import dev.parley.access.Role;
import dev.parley.session.Namespace;
import dev.parley.session.SignalingException.Malformed;
import dev.parley.store.admin.StoreAdmin;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Makes a key, and shows it this once. */
@Command(
        name = "create",
        description = {
            "Make a key and print it. It is shown this once: the store keeps its hash.",
            "Makes the store where there is none, so that there can be a key before the first start."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "KEY=$(java -jar quarkus-run.jar key create web --namespace chess --role peer)"})
@SuppressWarnings("NullAway.Init") // picocli and the container fill the fields
public final class KeyCreateCommand implements Callable<Integer> {
    @Inject
    Instance<KeyAdmin> keys;

    @Inject
    Instance<StoreAdmin> upkeep;

    @Spec
    CommandSpec spec;

    @Parameters(
            paramLabel = "NAME",
            converter = NameConverter.class,
            description = "How lists and logs call the key: 1 to 64 of A-Z a-z 0-9 . _ -")
    String name;

    @Option(
            names = "--namespace",
            required = true,
            converter = NamespaceConverter.class,
            description =
                    "Where the sessions of its holder are, whatever Origin they send: 1 to 512 characters. An origin, as"
                            + " https://chess.example, leads to the sessions that its pages opened while access was open.")
    Namespace namespace;

    @Option(
            names = "--role",
            required = true,
            split = ",",
            converter = RoleConverter.class,
            description =
                    "peer: every call; observer: what finds and reads; operator: health and metrics. May be given more"
                            + " than once.")
    TreeSet<Role> roles;

    @Option(names = "--json", description = "Print {\"name\",\"namespace\",\"roles\",\"key\"} instead.")
    boolean json;

    @Override
    public Integer call() {
        upkeep.get().createMissing();
        BearerKey key = keys.get().create(name, namespace, roles);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ObjectNode node =
                    JsonNodeFactory.instance.objectNode().put("name", name).put("namespace", namespace.name());
            ArrayNode words = node.putArray("roles");
            roles.forEach(role -> words.add(role.word()));
            out.println(node.put("key", key.secret()));
            return ExitCode.DONE;
        }
        out.println(key.secret());
        try (Terminal terminal = new Terminal(spec.commandLine().getErr())) {
            terminal.say("Keep it now; it is not shown again.");
        }
        return ExitCode.DONE;
    }

    /** What is no name is a wrong command line. */
    static final class NameConverter implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            if (!KeyAdmin.isName(text)) {
                throw new TypeConversionException("\"" + text + "\" is no name: 1 to 64 of A-Z a-z 0-9 . _ -");
            }
            return text;
        }
    }

    static final class NamespaceConverter implements ITypeConverter<Namespace> {
        @Override
        public Namespace convert(String text) {
            if (text.isBlank() || text.chars().anyMatch(Character::isISOControl)) {
                throw new TypeConversionException("a namespace is 1 to 512 visible characters");
            }
            try {
                return new Namespace(text);
            } catch (Malformed e) {
                throw new TypeConversionException("a namespace is 1 to 512 visible characters");
            }
        }
    }

    static final class RoleConverter implements ITypeConverter<Role> {
        @Override
        public Role convert(String text) {
            return Role.named(text)
                    .orElseThrow(() -> new TypeConversionException("\"" + text + "\" is none of "
                            + Arrays.stream(Role.values()).map(Role::word).collect(joining(", "))));
        }
    }
}
