package dev.parley.ops;

import dev.parley.store.Database;
import dev.parley.store.Node;
import dev.parley.store.NodeState;
import dev.parley.store.ReadFrom;
import dev.parley.store.SessionStore;
import dev.parley.store.SessionStore.Count;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Counts what each node holds, to see whether the replicas hold what the primary does. */
@Command(
        name = "stats",
        description =
                "Count sessions and events on the primary and on each replica. Exit code 1 where a node did not answer.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli and the container fill the fields
public final class StatsCommand implements Callable<Integer> {
    @Inject
    Instance<Database> database;

    @Spec
    CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON object a node and line.")
    boolean json;

    private record Row(Node node, @Nullable Count count) {
        String json() {
            String known = count == null
                    ? "\"reachable\":false"
                    : "\"reachable\":true,\"sessions\":" + count.sessions() + ",\"events\":" + count.events();
            return "{\"node\":\"" + node.name() + "\",\"region\":\"" + node.region() + "\",\"primary\":"
                    + node.primary() + "," + known + "}";
        }

        String line() {
            String known = count == null
                    ? "does not answer"
                    : "%10d sessions %10d events".formatted(count.sessions(), count.events());
            return "%-20s %-12s %-8s %s"
                    .formatted(node.name(), node.region(), node.primary() ? "primary" : "replica", known);
        }
    }

    @Override
    public Integer call() {
        List<Row> rows = database.get().nodes().stream()
                .map(NodeState::node)
                .map(this::row)
                .toList();
        rows.forEach(row -> spec.commandLine().getOut().println(json ? row.json() : row.line()));
        return rows.stream().allMatch(row -> row.count != null) ? 0 : 1;
    }

    private Row row(Node node) {
        try {
            Count count = database.get()
                    .scan(new ReadFrom.At(node), new SessionStore()::count)
                    .toCompletableFuture()
                    .join()
                    .result();
            return new Row(node, count);
        } catch (CompletionException e) {
            return new Row(node, null);
        }
    }
}
