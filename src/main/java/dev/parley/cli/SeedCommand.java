package dev.parley.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.parley.session.Limits;
import dev.parley.session.Namespace;
import dev.parley.signaling.Signaling;
import dev.parley.store.Database;
import dev.parley.store.Futures;
import dev.parley.store.ReadFrom;
import dev.parley.store.admin.AdminRefused;
import dev.parley.store.admin.StoreAdmin;
import dev.parley.store.sql.SessionStore;
import io.smallrye.config.SmallRyeConfig;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.concurrent.Callable;
import org.eclipse.microprofile.config.ConfigValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Something to look at while one develops. */
@Command(
        name = "seed",
        description = {
            "Put sessions for development into the store: some wait under a topic, some are answered. Their codes begin with"
                    + " " + SeedData.PREFIX
                    + "; their tokens are no secret, and they live as long as they may. Once more does no harm: what has expired is made again.",
            "Refuses where the store is in use as production: where it holds a session that no seed made, or where the profile"
                    + " is set to prod (QUARKUS_PROFILE=prod)."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "To go on with a session as its offerer: curl -H 'Session-Token: " + SeedData.EXAMPLE_TOKEN + "' …/"
                    + SeedData.EXAMPLE_CODE + "/candidates …"
        })
@SuppressWarnings("NullAway.Init") // picocli and the container fill the fields
public final class SeedCommand implements Callable<Integer> {
    private static final int SESSIONS_MAX = 10_000;

    /** Without a word from anybody the profile of a packaged Quarkus application is prod; that says nothing of the store. */
    private static final int QUARKUS_OWN_ORDINAL = 0;

    @Inject
    Instance<StoreAdmin> upkeep;

    @Inject
    Instance<Database> database;

    @Inject
    Instance<Signaling> signaling;

    @Inject
    Instance<Limits> limits;

    @Inject
    SmallRyeConfig settings;

    @Spec
    CommandSpec spec;

    @Option(
            names = "--sessions",
            paramLabel = "N",
            description = "How many, 1 to 10000; ${DEFAULT-VALUE} unless said otherwise.")
    int sessions = 12;

    @Option(
            names = "--namespace",
            paramLabel = "ORIGIN",
            description =
                    "Which pages see them, such as http://localhost:3000; ${DEFAULT-VALUE}, where calls without an"
                            + " Origin belong, unless said otherwise.")
    String namespace = Namespace.UNKNOWN.name();

    @Option(names = "--json", description = "Print {\"sessions\",\"new\",\"namespace\"} instead.")
    boolean json;

    @Override
    public Integer call() {
        if (sessions < 1 || sessions > SESSIONS_MAX) {
            throw new ParameterException(spec.commandLine(), "--sessions must be 1 to 10000.");
        }
        refuseProfile();
        upkeep.get().createMissing();
        refuseInUse();
        var seed = new SeedData(
                signaling.get(), new Namespace(namespace), limits.get().ttlMax());
        int made = 0;
        for (int number = 1; number <= sessions; number++) {
            made += seed.sow(number) ? 1 : 0;
        }
        spec.commandLine()
                .getOut()
                .println(
                        json
                                ? JsonNodeFactory.instance
                                        .objectNode()
                                        .put("sessions", sessions)
                                        .put("new", made)
                                        .put("namespace", namespace)
                                : "%d sessions in namespace %s, %d of them new".formatted(sessions, namespace, made));
        return ExitCode.DONE;
    }

    private void refuseProfile() {
        ConfigValue profile = settings.getConfigValue("quarkus.profile");
        if (profile.getSourceOrdinal() > QUARKUS_OWN_ORDINAL && "prod".equals(profile.getValue())) {
            throw new AdminRefused("The profile is set to prod; development data belongs into no such store.");
        }
    }

    private void refuseInUse() {
        boolean inUse = Futures.join(database.get()
                        .scan(ReadFrom.PRIMARY, node -> new SessionStore().holdsOthersThan(node, SeedData.PREFIX)))
                .result();
        if (inUse) {
            throw new AdminRefused("The store holds sessions that no seed made; point parley.store.url at another.");
        }
    }
}
