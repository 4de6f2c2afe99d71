package dev.parley.http;

import dev.parley.signaling.Signaling;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import org.jboss.resteasy.reactive.RestResponse;
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
    public CompletionStage<RestResponse<Health>> health(@BeanParam Caller caller) {
        return signaling
                .look(caller.readFrom())
                .thenApply(served -> Replies.reply(Status.OK, served, new Health("ok", clock.millis()))
                        .build());
    }
}
