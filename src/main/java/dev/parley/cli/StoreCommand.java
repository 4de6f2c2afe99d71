package dev.parley.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.store.admin.StoreAdmin;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The base of all commands. */
@Command(mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli and the container set the fields
abstract class StoreCommand {
    @Inject
    Instance<StoreAdmin> admin;

    @Spec
    CommandSpec spec;

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** @throws ParameterException if {@code valid} is false; the usage of {@code subcommand} is then printed */
    final void requireArgument(String subcommand, boolean valid, String rule) {
        if (!valid) {
            throw new ParameterException(spec.subcommands().get(subcommand), rule + ".");
        }
    }

    static ObjectNode json() {
        return JsonNodeFactory.instance.objectNode();
    }
}
