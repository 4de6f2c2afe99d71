package dev.parley.http.api;

import dev.parley.http.Bookmarks;
import dev.parley.http.Caller;
import dev.parley.session.SignalingException.Busy;
import dev.parley.signaling.Signaling;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse.Status;

/**
 * Whether requests may be sent to this node: it is not stopping, and can read the store. If the primary cannot be read, any replica is
 * sufficient, so a node stays in service as long as it serves some reads. With a bookmark the request is that read.
 */
@Tag(name = "health")
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
@NonBlocking
public final class HealthResource {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    /** Resolved late: commands that open no store receive the shutdown event too. */
    private final Instance<Signaling> signaling;

    private final InstantSource clock;
    private volatile boolean stopping;

    public HealthResource(Instance<Signaling> signaling, InstantSource clock) {
        this.signaling = signaling;
        this.clock = clock;
    }

    /** @param timestamp the service's clock, in epoch milliseconds */
    public record Health(String status, long timestamp) {}

    void stop(@Observes ShutdownDelayInitiatedEvent signal) {
        stopping = true;
    }

    /** @throws Busy once the node is stopping, while it still serves other calls */
    @Operation(operationId = "health", summary = "Whether requests may be sent to this node")
    @GET
    @Path("health")
    public CompletionStage<Health> health(@Context RoutingContext client) {
        if (stopping) {
            throw new Busy("This node is stopping; send requests to another one.", RETRY_AFTER);
        }
        var caller = new Caller(client);
        CompletionStage<Served<Boolean>> look = signaling.get().checkReadable(caller.readFrom());
        if (!Bookmarks.isSent(client.request())) {
            look = look.exceptionallyCompose(noPrimary -> signaling.get().checkReadable(ReadFrom.ANYWHERE));
        }
        return look.thenApply(served -> caller.reply(Status.OK, served, new Health("ok", clock.millis())));
    }
}
