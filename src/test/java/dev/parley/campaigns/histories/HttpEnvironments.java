package dev.parley.campaigns.histories;

import dev.parley.packaged.ParleyJar;
import dev.parley.packaged.RunningParley;
import dev.parley.packaged.TwoPackagedNodes;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * The worlds in which peers call the packaged service. Its clock is the machine's, so sessions are made to last, and the clock is not
 * seen. A waiting request checks once a minute unless it is woken, so a lost wake-up is not made good in time.
 */
final class HttpEnvironments {
    private HttpEnvironments() {}

    /** One node over a new SQLite file, to be closed by the caller. */
    static RunningParley onSqlite(Path folder) {
        return ParleyJar.in(folder)
                .with("PARLEY_STORE_URL", "sqlite:parley.db")
                .with("PARLEY_WAITING_RECHECK", "60s")
                .startingFast()
                .start();
    }

    /** @param other what the peers call instead, to see a fault caught */
    static Environment of(RunningParley node, Function<HttpService, ServiceUnderTest> other) {
        return world(List.of(node), other, List.of());
    }

    /** The same over two nodes; their replica falls behind again and again. */
    static Environment of(TwoPackagedNodes nodes, Function<HttpService, ServiceUnderTest> other) {
        return world(
                nodes.both(), other, List.of(Environment.lagging(nodes.cluster().standby())));
    }

    private static Environment world(
            List<RunningParley> nodes, Function<HttpService, ServiceUnderTest> other, List<Environment.Stir> stirs) {
        var service = new HttpService(nodes.stream().map(RunningParley::uri).toList());
        return new Environment(other.apply(service), RecordedClock.unseen(), stirs, List.of());
    }
}
