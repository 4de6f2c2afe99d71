package dev.parley.cli;

import dev.parley.session.Namespace;
import dev.parley.store.Database;
import dev.parley.store.Futures;
import dev.parley.store.ReadFrom;
import dev.parley.store.admin.AdminRefused;
import dev.parley.store.sql.SessionStore;
import io.smallrye.config.SmallRyeConfig;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Creates development data. */
@Command(
        name = "seed",
        description = {
            "Create sessions for development: some wait under a topic, some are answered. Their codes begin with "
                    + SeedData.PREFIX
                    + ", their tokens are not secret, and they have the maximum time to live. Repeating the command creates only what has expired.",
            "Refuses a production store: one with other sessions, or any if the profile is prod (QUARKUS_PROFILE=prod)."
        },
        footer = {
            "",
            "To continue a session as its offerer: curl -H 'Session-Token: " + SeedData.EXAMPLE_TOKEN + "' …/"
                    + SeedData.EXAMPLE_CODE + "/candidates …"
        })
@SuppressWarnings("NullAway.Init") // the container sets the fields
public final class SeedCommand extends StoreCommand implements Runnable {
    private static final int SESSIONS_MAX = 10_000;

    @Inject
    Instance<Database> database;

    @Inject
    Instance<SeedData> seedData;

    @Inject
    SmallRyeConfig settings;

    @Option(
            names = "--sessions",
            paramLabel = "N",
            description = "Number of sessions, 1 to 10000 (default: ${DEFAULT-VALUE}).")
    int sessions = SeedData.SESSIONS_DEFAULT;

    @Option(
            names = "--namespace",
            paramLabel = "ORIGIN",
            description =
                    "Pages that see them, such as http://localhost:3000 (default: ${DEFAULT-VALUE}, the namespace of"
                            + " requests without an Origin).")
    String namespace = Namespace.UNKNOWN.name();

    @Option(names = "--json", description = "Print {\"sessions\",\"new\",\"namespace\"}.")
    boolean json;

    @Override
    public void run() {
        requireArgument(sessions >= 1 && sessions <= SESSIONS_MAX, "--sessions must be 1 to 10000");
        if (settings.getProfiles().contains("prod")) {
            throw new AdminRefused("The profile is prod; refusing to seed a production store.");
        }
        admin.get().createMissing();
        refuseOtherSessions();
        int created = seedData.get().create(new Namespace(namespace), sessions);
        out().println(
                        json
                                ? json().put("sessions", sessions)
                                        .put("new", created)
                                        .put("namespace", namespace)
                                : "%d sessions in namespace %s, %d of them new"
                                        .formatted(sessions, namespace, created));
    }

    private void refuseOtherSessions() {
        boolean others = Futures.join(database.get()
                        .scan(ReadFrom.PRIMARY, node -> SessionStore.holdsOthersThan(node, SeedData.PREFIX)))
                .result();
        if (others) {
            throw new AdminRefused(
                    "The store contains sessions that were not created by seed; set parley.store.url to another store.");
        }
    }
}
