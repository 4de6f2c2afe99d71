package dev.parley.http;

import dev.parley.signaling.Signaling;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import org.jboss.resteasy.reactive.RestResponse.Status;

/** Whether the service can do its work. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
@NonBlocking
public final class HealthResource {
    private final Signaling signaling;
    private final InstantSource clock;

    public HealthResource(Signaling signaling, InstantSource clock) {
        this.signaling = signaling;
        this.clock = clock;
    }

    /** @param timestamp the service's clock, in epoch milliseconds */
    public record Health(String status, long timestamp) {}

    @GET
    @Path("health")
    public CompletionStage<Health> health(@Context RoutingContext client) {
        var caller = new Caller(client);
        return signaling
                .look(caller.readFrom())
                .thenApply(served -> caller.reply(Status.OK, served, new Health("ok", clock.millis())));
    }
}
