package dev.parley.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.parley.store.Database;
import dev.parley.store.Node;
import dev.parley.store.Node.NodeState;
import dev.parley.store.ReadFrom;
import dev.parley.store.admin.ByteCount;
import dev.parley.store.sql.SessionReads.Count;
import dev.parley.store.sql.SessionStore;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Counts the rows of each node, to show how full the store is and whether replicas have what the primary has. */
@Command(
        name = "stats",
        description = {
            "Count, on the primary and on each replica, all sessions, live sessions, those waiting for an answer, their topics"
                    + " and all events; with the lag of each replica and the size of the store.",
            "Reads every row once."
        },
        footer = {"", "Exit code 1: a node does not answer."})
@SuppressWarnings("NullAway.Init") // the container sets the fields
public final class StatsCommand extends StoreCommand implements Callable<Integer> {
    private static final String COLUMNS = "%-20s %-12s %-8s %10s %10s %10s %8s %10s %8s %10s";

    @Inject
    Instance<Database> database;

    @Inject
    Instance<InstantSource> clock;

    @Option(
            names = "--json",
            description = "Print one JSON object per node and line, the primary first; sizes in bytes.")
    boolean json;

    @Override
    public Integer call() {
        admin.get().refuseMissing();
        long bytes = admin.get().bytes();
        if (!json) {
            out().println(COLUMNS.formatted(
                    "node", "region", "role", "sessions", "live", "waiting", "topics", "events", "lag", "size"));
        }
        boolean complete = true;
        for (NodeState before : database.get().nodes()) {
            Node node = before.node();
            Count count = count(node);
            NodeState state = state(node); // after the count, which has connected to the replica
            Long size = node.primary() ? bytes : null;
            out().println(json ? json(state, count, size) : line(state, count, size));
            complete &= count != null;
        }
        return complete ? 0 : Failure.FAILED;
    }

    private @Nullable Count count(Node node) {
        try {
            return database.get()
                    .scan(
                            new ReadFrom.At(node),
                            reader -> SessionStore.count(reader, clock.get().instant()))
                    .toCompletableFuture()
                    .join()
                    .result();
        } catch (CompletionException e) {
            return null;
        }
    }

    private NodeState state(Node node) {
        return database.get().nodes().stream()
                .filter(state -> state.node().equals(node))
                .findFirst()
                .orElseThrow();
    }

    private static ObjectNode json(NodeState state, @Nullable Count count, @Nullable Long size) {
        Node node = state.node();
        ObjectNode json = json().put("node", node.name())
                .put("region", node.region())
                .put("primary", node.primary())
                .put("reachable", count != null);
        if (count != null) {
            json.put("sessions", count.sessions())
                    .put("live", count.live())
                    .put("waiting", count.waiting())
                    .put("topics", count.topics())
                    .put("events", count.events());
        }
        if (size != null) {
            json.put("bytes", size);
        }
        return json.put("lagMillis", state.lag().toMillis()).put("lagBytes", state.lagBytes());
    }

    private static String line(NodeState state, @Nullable Count count, @Nullable Long size) {
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
                size == null ? "" : new ByteCount(size));
    }
}
