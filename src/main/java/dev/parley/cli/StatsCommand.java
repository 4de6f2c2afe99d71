package dev.parley.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.store.Database;
import dev.parley.store.Node;
import dev.parley.store.NodeState;
import dev.parley.store.ReadFrom;
import dev.parley.store.admin.ByteCount;
import dev.parley.store.admin.StoreAdmin;
import dev.parley.store.sql.SessionStore;
import dev.parley.store.sql.SessionStore.Count;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Counts what each node holds, to see how full the store is, and whether the replicas hold what the primary does. */
@Command(
        name = "stats",
        description = {
            "Count on the primary, and on each replica, the sessions, those that have not expired, those that wait for an answer,"
                    + " the topics under which they wait, and the events; with the lag of each replica and the size of the store.",
            "Reads every row once."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Exit code 1 where a node does not answer."})
@SuppressWarnings("NullAway.Init") // picocli and the container fill the fields
public final class StatsCommand implements Callable<Integer> {
    private static final String COLUMNS = "%-20s %-12s %-8s %10s %10s %10s %8s %10s %8s %10s";

    @Inject
    Instance<StoreAdmin> upkeep;

    @Inject
    Instance<Database> database;

    @Inject
    Instance<InstantSource> clock;

    @Spec
    CommandSpec spec;

    @Option(
            names = "--json",
            description = "Print one JSON object a node and line, the primary's first; sizes in bytes.")
    boolean json;

    /** @param bytes of the store; null for a replica */
    private record Row(
            NodeState state,
            @Nullable Count count,
            @Nullable Long bytes) {
        ObjectNode json() {
            Node node = state.node();
            ObjectNode row = JsonNodeFactory.instance
                    .objectNode()
                    .put("node", node.name())
                    .put("region", node.region())
                    .put("primary", node.primary())
                    .put("reachable", count != null);
            if (count != null) {
                row.put("sessions", count.sessions())
                        .put("live", count.live())
                        .put("waiting", count.waiting())
                        .put("topics", count.topics())
                        .put("events", count.events());
            }
            if (bytes != null) {
                row.put("bytes", bytes);
            }
            return row.put("lagMillis", state.lag().toMillis()).put("lagBytes", state.lagBytes());
        }

        String line() {
            Node node = state.node();
            String role = node.primary() ? "primary" : "replica";
            if (count == null) {
                return "%-20s %-12s %-8s not counted: %s".formatted(node.name(), node.region(), role, state.state());
            }
            return COLUMNS.formatted(
                    node.name(),
                    node.region(),
                    role,
                    count.sessions(),
                    count.live(),
                    count.waiting(),
                    count.topics(),
                    count.events(),
                    state.lag().toMillis() + " ms",
                    bytes == null ? "" : new ByteCount(bytes));
        }
    }

    @Override
    public Integer call() {
        upkeep.get().refuseMissing();
        long bytes = upkeep.get().bytes();
        List<Node> nodes = database.get().nodes().stream().map(NodeState::node).toList();
        List<Row> rows = nodes.stream().map(node -> row(node, bytes)).toList();
        PrintWriter out = spec.commandLine().getOut();
        if (!json) {
            out.println(COLUMNS.formatted(
                    "node", "region", "role", "sessions", "live", "waiting", "topics", "events", "lag", "size"));
        }
        rows.forEach(row -> out.println(json ? row.json() : row.line()));
        return rows.stream().allMatch(row -> row.count != null) ? ExitCode.DONE : ExitCode.FAILED;
    }

    private Row row(Node node, long bytes) {
        Count count = count(node);
        // Seen after it was counted: by then a replica has been looked at.
        NodeState state = database.get().nodes().stream()
                .filter(seen -> seen.node().equals(node))
                .findFirst()
                .orElseThrow();
        return new Row(state, count, node.primary() ? bytes : null);
    }

    private @Nullable Count count(Node node) {
        try {
            return database.get()
                    .scan(
                            new ReadFrom.At(node),
                            reader ->
                                    new SessionStore().count(reader, clock.get().instant()))
                    .toCompletableFuture()
                    .join()
                    .result();
        } catch (CompletionException e) {
            return null;
        }
    }
}
