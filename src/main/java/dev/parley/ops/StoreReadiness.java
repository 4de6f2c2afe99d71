package dev.parley.ops;

import dev.parley.signaling.Signaling;
import dev.parley.store.Database;
import dev.parley.store.Node.NodeState;
import dev.parley.store.ReadFrom;
import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/**
 * Started and ready: some node of the store can be read. Liveness does not depend on it, because a restart would not repair a store.
 */
@Singleton
@Readiness
@Startup
public final class StoreReadiness implements AsyncHealthCheck {
    private static final String READS_ONLY = "reads only: the primary is unreachable";

    private final Signaling signaling;
    private final Database database;

    public StoreReadiness(Signaling signaling, Database database) {
        this.signaling = signaling;
        this.database = database;
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        return Uni.createFrom()
                .completionStage(() -> signaling.checkReadable(ReadFrom.ANYWHERE))
                .map(served -> shown(true))
                .onFailure()
                .recoverWithItem(() -> shown(false));
    }

    /** Each node with its state, because one that is out of service does not make the store unready. */
    private HealthCheckResponse shown(boolean readable) {
        List<NodeState> nodes = database.nodes();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("store").status(readable);
        response.withData("serves", !readable ? "nothing" : nodes.get(0).serving() ? "reads and writes" : READS_ONLY);
        for (NodeState state : nodes) {
            String lag = state.node().primary()
                    ? ""
                    : ", " + state.lag().toMillis() + " ms and " + state.lagBytes() + " bytes behind";
            response.withData(
                    state.node().name(), (state.node().primary() ? "primary, " : "replica, ") + state.state() + lag);
        }
        return response.build();
    }
}
