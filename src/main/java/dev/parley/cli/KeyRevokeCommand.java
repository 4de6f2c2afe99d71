package dev.parley.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.access.KeyAdmin;
import dev.parley.store.admin.StoreAdmin;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Ends a key. */
@Command(
        name = "revoke",
        description = {
            "Delete a key: who shows it gets 401 from then on, and event streams that it opened end.",
            "To change a key without a gap, make another, hand it out, then revoke this one."
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli and the container fill the fields
public final class KeyRevokeCommand implements Callable<Integer> {
    @Inject
    Instance<StoreAdmin> upkeep;

    @Inject
    Instance<KeyAdmin> keys;

    @Spec
    CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "The name of the key.")
    String name;

    @Option(names = "--json", description = "Print {\"revoked\":NAME} instead.")
    boolean json;

    @Override
    public Integer call() {
        upkeep.get().refuseMissing();
        keys.get().revoke(name);
        spec.commandLine()
                .getOut()
                .println(json ? JsonNodeFactory.instance.objectNode().put("revoked", name) : "Revoked " + name);
        return ExitCode.DONE;
    }
}
