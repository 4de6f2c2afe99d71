package dev.parley.http;

import dev.parley.http.Views.IceServersView;
import dev.parley.ice.IceServers;
import dev.parley.signaling.Signaling;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.concurrent.CompletionStage;
import org.jboss.resteasy.reactive.RestResponse.Status;

/** STUN and TURN: where a peer learns its own addresses, and what carries its packets where no direct way leads. */
@Path("/api/v1/ice-servers")
@Produces(MediaType.APPLICATION_JSON)
@NonBlocking
public final class IceServersResource {
    private final Signaling signaling;
    private final IceServers servers;

    public IceServersResource(Signaling signaling, IceServers servers) {
        this.signaling = signaling;
        this.servers = servers;
    }

    /** Nothing of it is in the store; the look is for the bookmark that every reply carries. */
    @GET
    public CompletionStage<IceServersView> iceServers(@Context RoutingContext client) {
        var caller = new Caller(client);
        return signaling
                .look(caller.readFrom())
                .thenApply(served -> caller.reply(Status.OK, served, IceServersView.of(servers.grant())));
    }
}
