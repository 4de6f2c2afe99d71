package dev.parley.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.expiry.Sweeper;
import dev.parley.session.Namespace;
import dev.parley.store.admin.AdminRefused;
import dev.parley.store.admin.ByteCount;
import dev.parley.store.admin.ReadOnlyQuery;
import dev.parley.store.admin.StoreAdmin;
import dev.parley.store.admin.StoreAdmin.Restored;
import dev.parley.store.sql.Schema.Migrated;
import dev.parley.store.sql.Schema.Migration;
import io.smallrye.config.SmallRyeConfig;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The top-level command, with all commands that need no class of their own. */
@Command(
        name = "parley",
        description = "A durable session store for WebRTC signaling.",
        versionProvider = ParleyCommand.Version.class,
        subcommands = {StatsCommand.class, KeyCommand.class, DoctorCommand.class, HealthCommand.class},
        footer = {
            "",
            "\"parley COMMAND --help\" describes a command. Settings are read from the environment",
            "(PARLEY_STORE_URL=sqlite:/path/parley.db) or system properties",
            "(-Dparley.store.url=…, before -jar); they are the same for all commands.",
            "",
            "Exit codes: 0 done; 1 refused or failed, with the reason in one line on standard error; 2 invalid",
            "command line; 3 (doctor) only warnings; 69 the store is temporarily unreachable; 70 a bug in Parley."
        })
@SuppressWarnings("NullAway.Init") // the container sets the fields
public final class ParleyCommand extends StoreCommand {
    public static final String SERVE = "serve";

    private static final int SEEDED_MAX = 10_000;
    private static final int ROWS_MAX = 1_000_000;
    private static final Duration TIMEOUT_MIN = Duration.ofMillis(1);
    private static final Duration TIMEOUT_MAX = Duration.ofMinutes(5);

    @Inject
    Instance<Sweeper> sweeper;

    @Inject
    Instance<SeedData> seedData;

    @Inject
    SmallRyeConfig settings;

    @Command(
            name = SERVE,
            description = "Serve the HTTP API until stopped. This is the default command.",
            mixinStandardHelpOptions = true)
    void serve() {
        // runs without picocli
    }

    @Command(
            name = "migrate",
            description = {
                "Migrate the schema of the store, and list the applied migrations. Creates a missing store.",
                "The service does the same at each start. A store with the schema of a newer Parley is not changed."
            },
            mixinStandardHelpOptions = true)
    void migrate(
            @Option(names = "--json", description = "Print {\"applied\":[{\"version\",\"description\"}],\"version\"}.")
                    boolean json) {
        Migrated migrated = admin.get().migrate();
        var applied = new ArrayList<ObjectNode>();
        var lines = new StringBuilder();
        for (Migration migration : migrated.applied()) {
            applied.add(json().put("version", migration.version()).put("description", migration.description()));
            lines.append("Applied %s %s%n".formatted(migration.version(), migration.description()));
        }
        lines.append(applied.isEmpty() ? "No migration to apply; the" : "The");
        lines.append(" schema version is ").append(migrated.version());
        out().println(json ? json().putPOJO("applied", applied).put("version", migrated.version()) : lines);
    }

    @Command(
            name = "sweep",
            description = {
                "Delete expired sessions once, and print {\"deleted\":N}.",
                "Expired sessions are invisible anyway; a sweep frees their space. The service sweeps by itself unless"
                        + " parley.expiry.schedule is off."
            },
            footer = {
                "",
                "The schedule of the service costs less than a command; parley.expiry.cron is a cron expression."
            },
            mixinStandardHelpOptions = true)
    void sweep() {
        admin.get().refuseMissing();
        out().println(json().put("deleted", sweeper.get().sweep()));
    }

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
            },
            mixinStandardHelpOptions = true)
    void seed(
            @Option(
                            names = "--sessions",
                            paramLabel = "N",
                            defaultValue = "" + SeedData.SESSIONS_DEFAULT,
                            description = "Number of sessions, 1 to 10000 (default: ${DEFAULT-VALUE}).")
                    int sessions,
            @Option(
                            names = "--namespace",
                            paramLabel = "ORIGIN",
                            defaultValue = "unknown",
                            description =
                                    "Pages that see them, such as http://localhost:3000 (default: ${DEFAULT-VALUE}, the"
                                            + " namespace of requests without an Origin).")
                    String namespace,
            @Option(names = "--json", description = "Print {\"sessions\",\"new\",\"namespace\"}.") boolean json) {
        requireArgument("seed", sessions >= 1 && sessions <= SEEDED_MAX, "--sessions must be 1 to 10000");
        if (settings.getProfiles().contains("prod")) {
            throw new AdminRefused("The profile is prod; refusing to seed a production store.");
        }
        admin.get().createMissing();
        if (seedData.get().isAmongOthers()) {
            throw new AdminRefused(
                    "The store contains sessions that were not created by seed; set parley.store.url to another store.");
        }
        int created = seedData.get().create(new Namespace(namespace), sessions);
        out().println(
                        json
                                ? json().put("sessions", sessions)
                                        .put("new", created)
                                        .put("namespace", namespace)
                                : "%d sessions in namespace %s, %d of them new"
                                        .formatted(sessions, namespace, created));
    }

    @Command(
            name = "sql",
            description = {
                "Run one SQL query on the store, and print the result. It cannot change anything.",
                "Tables: sessions, events, history; the view conversation has the events with their payloads as text. Times"
                        + " are milliseconds since 1970. Binary values (hashes of tokens, keys, payloads) are replaced by"
                        + " their length."
            },
            footer = {
                "",
                "Unanswered: parley sql \"SELECT namespace, topic, count(*) FROM sessions WHERE answered = 0 GROUP BY 1, 2\"",
                "Events:     parley sql \"SELECT seq, side, type FROM conversation WHERE code = 'tea-at-five'\"",
                "Columns:    parley sql \"SELECT name, type FROM pragma_table_info('sessions')\"",
                "",
                "Exit code 1: the statement is refused, or takes longer than --timeout."
            },
            mixinStandardHelpOptions = true)
    void sql(
            @Parameters(paramLabel = "STATEMENT", description = "One SELECT, WITH, VALUES or EXPLAIN statement.")
                    String statement,
            @Option(
                            names = "--format",
                            defaultValue = "table",
                            description =
                                    "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}). table shortens long values.")
                    RowPrinter.Format format,
            @Option(
                            names = "--rows",
                            paramLabel = "N",
                            defaultValue = "1000",
                            description = "Maximum number of rows, 1 to 1000000 (default: ${DEFAULT-VALUE}).")
                    int rows,
            @Option(
                            names = "--timeout",
                            paramLabel = "TIME",
                            defaultValue = "5s",
                            description = "Maximum duration, 1ms to 5m (default: ${DEFAULT-VALUE}).")
                    Duration timeout) {
        requireArgument("sql", rows >= 1 && rows <= ROWS_MAX, "--rows must be 1 to 1000000");
        requireArgument(
                "sql",
                timeout.compareTo(TIMEOUT_MIN) >= 0 && timeout.compareTo(TIMEOUT_MAX) <= 0,
                "--timeout must be 1ms to 5m");
        var printer = new RowPrinter(out(), format, rows);
        admin.get().query(new ReadOnlyQuery(statement), timeout, printer);
        printer.end();
        if (printer.isCut()) {
            spec.commandLine().getErr().println("There are more than " + rows + " rows; --rows prints more.");
        }
    }

    @Command(
            name = "backup",
            description = {
                "Back up the SQLite store to FILE while the service runs.",
                "The backup is written to FILE.partial, synced to disk and verified page by page; then it replaces FILE."
                        + " After any failure, including a power cut, FILE is a complete backup, the previous or the new"
                        + " one. Only its owner can read it, because it contains what peers exchanged.",
                "For PostgreSQL, use its own tools, such as pg_dump."
            },
            mixinStandardHelpOptions = true)
    void backup(
            @Parameters(paramLabel = "FILE", description = "The backup file.") Path file,
            @Option(names = "--json", description = "Print file, sessions, events and bytes as a JSON object.")
                    boolean json) {
        StoreAdmin.Contents contents = admin.get().backup(file);
        out().println(
                        json
                                ? json(file, contents)
                                : "Saved %d sessions with %d events, %s, to %s"
                                        .formatted(
                                                contents.sessions(),
                                                contents.events(),
                                                new ByteCount(contents.bytes()),
                                                file));
    }

    @Command(
            name = "restore",
            description = {
                "Replace the SQLite store by the backup FILE. The present contents of the store are lost; back them up first"
                        + " if in doubt.",
                "Stop the service first; the command refuses if a process has the store open. FILE is verified page by page"
                        + " and row by row, must be readable with parley.encryption.keys, and must have a schema version"
                        + " that this Parley supports. After a power cut, the store is either the old or the restored one.",
                "The restored store has a new history: requests with earlier bookmarks get the newest state, with"
                        + " x-bookmark-status: reset. Sessions that have expired since the backup stay expired.",
                "For PostgreSQL, use its own tools, such as pg_restore."
            },
            mixinStandardHelpOptions = true)
    void restore(
            @Parameters(paramLabel = "FILE", description = "The backup file.") Path file,
            @Option(
                            names = "--force",
                            description =
                                    "Restore FILE even if rows in it are damaged. Requests for their sessions get 503"
                                            + " until the sessions expire.")
                    boolean force,
            @Option(names = "--json", description = "Print file, sessions, events, bytes and damaged as a JSON object.")
                    boolean json) {
        Restored restored = admin.get().restore(file, force);
        StoreAdmin.Contents contents = restored.contents();
        out().println(
                        json
                                ? json(file, contents).put("damaged", restored.damaged())
                                : "Restored %d sessions%s with %d events, %s, from %s"
                                        .formatted(
                                                contents.sessions(),
                                                restored.damaged() == 0
                                                        ? ""
                                                        : ", " + restored.damaged() + " of them damaged,",
                                                contents.events(),
                                                new ByteCount(contents.bytes()),
                                                file));
    }

    private static ObjectNode json(Path file, StoreAdmin.Contents contents) {
        return json().put("file", file.toString())
                .put("sessions", contents.sessions())
                .put("events", contents.events())
                .put("bytes", contents.bytes());
    }

    /** The version of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"Parley " + ParleyCommand.class.getPackage().getImplementationVersion()};
        }
    }
}
