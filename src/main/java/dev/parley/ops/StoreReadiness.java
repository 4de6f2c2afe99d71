package dev.parley.ops;

import dev.parley.signaling.Signaling;
import dev.parley.store.ReadFrom;
import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/** Started and ready: the store can be read. Liveness asks nothing of it, because a restart would not mend a store. */
@Singleton
@Readiness
@Startup
public final class StoreReadiness implements AsyncHealthCheck {
    private final Signaling signaling;

    public StoreReadiness(Signaling signaling) {
        this.signaling = signaling;
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        return Uni.createFrom()
                .completionStage(() -> signaling.look(ReadFrom.ANYWHERE))
                .map(served -> HealthCheckResponse.up("store"))
                .onFailure()
                .recoverWithItem(HealthCheckResponse.down("store"));
    }
}
