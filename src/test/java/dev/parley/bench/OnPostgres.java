package dev.parley.bench;

import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.RunningParley;
import dev.parley.packaged.ServerReply;
import dev.parley.store.postgresql.PostgresCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The packaged jar on PostgreSQL: whole handshakes beside pgbench's simple update on the same server, reads of the primary alone
 * beside reads of primary and replica, and what it costs to look at a bookmark.
 *
 * <p>All of it, servers and load, shares the processors of one machine: a replica adds none here, and what it adds elsewhere is
 * what its machine has.
 */
public final class OnPostgres {
    private static final int CONNECTIONS = 32;
    private static final Duration ROUND = Duration.ofSeconds(Integer.getInteger("parley.bench.seconds", 10));
    private static final int LIVE = 1_000;

    private OnPostgres() {}

    public static void main(String[] arguments) throws Exception {
        try (var folder = new TemporaryFolder();
                PostgresCluster cluster = PostgresCluster.ofTwo()) {
            writes(folder.path(), cluster);
            reads(folder.path(), cluster);
        }
    }

    private static void writes(Path folder, PostgresCluster cluster) throws Exception {
        Pgbench pgbench = Pgbench.on(cluster.primary());
        try (RunningParley parley = ParleyJar.in(folder)
                .optimizing()
                .with("PARLEY_STORE_URL", cluster.primary().url())
                .start()) {
            var load = new Load(parley.uri(), CONNECTIONS);
            load.run(new NativeHandshakes("warm"), ROUND);
            Markdown.head(
                    "standby",
                    "handshakes, native: requests/s",
                    "p50 ms",
                    "p99 ms",
                    "failed",
                    "pgbench -N: tps",
                    "ratio");
            cluster.standby().stop();
            printWrites("none", load, pgbench);
            cluster.standby().start();
            printWrites("asynchronous", load, pgbench);
            cluster.synchronous(true);
            printWrites("synchronous", load, pgbench);
            cluster.synchronous(false);
        }
    }

    private static void printWrites(String standby, Load load, Pgbench pgbench) throws Exception {
        double transactions = pgbench.simpleUpdates(CONNECTIONS, ROUND);
        LoadResult measured = load.run(new NativeHandshakes(standby), ROUND);
        Markdown.row(
                standby,
                Markdown.figure(measured.perSecond()),
                Markdown.figure(measured.millis(50)),
                Markdown.figure(measured.millis(99)),
                measured.failures(),
                Markdown.figure(transactions),
                Markdown.figure(measured.perSecond() / transactions));
    }

    private static void reads(Path folder, PostgresCluster cluster) throws Exception {
        try (RunningParley parley = ParleyJar.in(folder)
                .optimizing()
                .with("PARLEY_STORE_URL", cluster.primary().url())
                .with("PARLEY_STORE_REPLICAS", "copy@local=" + cluster.standby().url())
                .start()) {
            var load = new Load(parley.uri(), CONNECTIONS);
            var live = new LiveSessions("bench");
            load.run(live, LIVE);
            String bookmark = caughtUp(parley);
            load.run(new Snapshots(live, LIVE, List.of("first-primary", bookmark)), ROUND);
            Markdown.line("");
            Markdown.head("reads of a session", "requests/s", "p50 ms", "p99 ms", "failed");
            Map<String, List<String>> ways = new LinkedHashMap<>();
            ways.put("by the primary", List.of("first-primary"));
            ways.put("by the primary and the replica alternately", List.of("first-primary", bookmark));
            ways.put("by the replica, with a bookmark", List.of(bookmark));
            ways.put("by the replica, `first-unconstrained`", List.of("first-unconstrained"));
            for (Map.Entry<String, List<String>> way : ways.entrySet()) {
                LoadResult measured = load.run(new Snapshots(live, LIVE, way.getValue()), ROUND);
                Markdown.row(
                        way.getKey(),
                        Markdown.figure(measured.perSecond()),
                        Markdown.figure(measured.millis(50)),
                        Markdown.figure(measured.millis(99)),
                        measured.failures());
            }
        }
    }

    /** Waits until the replica has all that was written; returns a bookmark that says so. */
    private static String caughtUp(RunningParley parley) {
        ServerReply latest = parley.client().get("/api/v1/topics");
        String bookmark = latest.headers().firstValue("x-d1-bookmark").orElseThrow();
        ServerReply read = latest;
        while (!read.headers().firstValue("x-served-by").orElseThrow().equals("copy")) {
            read = parley.client().getSince(bookmark, "/api/v1/topics");
        }
        return bookmark;
    }
}
