package dev.parley.http;

import dev.parley.signaling.Signaling;
import dev.parley.store.ReadFrom;
import dev.parley.store.Served;
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

/**
 * Whether requests may be sent to this node: it can read the store. Where the primary cannot be read, any
 * replica will do, so a node stays in service as long as it serves some reads. With a bookmark the request is that read.
 */
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
        CompletionStage<Served<Boolean>> look = signaling.look(caller.readFrom());
        if (!Bookmarks.isSent(client.request())) {
            look = look.exceptionallyCompose(noPrimary -> signaling.look(ReadFrom.ANYWHERE));
        }
        return look.thenApply(served -> caller.reply(Status.OK, served, new Health("ok", clock.millis())));
    }
}
